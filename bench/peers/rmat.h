/* rmat.h - breadth-first search of a generated graph: the same search. */
#define rmat_solve bfs_solve
