# Documentation.

dist_doc_DATA += README.md doc/abi.md doc/design.md doc/language.md doc/reliability.md
