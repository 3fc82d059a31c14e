# doxygen.awk: the headers' plain comments as Doxygen reads them. A comment that stands alone describes what follows, one
# behind code describes that code, one between dashes opens a group, the first one describes the file.
FNR == 1 { first = 1 }
/^ \*/ { gsub(/#/, "\\#") }
/^\/\* ----.*---- *\*\/$/ {
    title = $0
    gsub(/^\/\* -+ | -+ *\*\/$/, "", title)
    if (open)
        print "/** @} */"
    name = title
    gsub(/[^a-z]+/, "_", name)
    printf "/** @defgroup %s %s\n@{ */\n", name, title
    open = 1
    next
}
/^#ifdef __cplusplus/ && open { print "/** @} */"; open = 0 }
first && /^\/\* / { sub(/^\/\* /, "/** @file "); sub(/ - /, "\n"); first = 0; print; next }
/^[ \t]*\/\* / { sub(/\/\* /, "/** "); print; next }
/[^ \t].*\/\* / && !/^ \*/ && !/\\$/ { sub(/\/\* /, "/**< "); print; next }
{ print }
