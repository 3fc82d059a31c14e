# clfcc and clfiber-info.
