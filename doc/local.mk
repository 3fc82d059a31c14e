# Documentation.

dist_doc_DATA += doc/abi.md README.md
