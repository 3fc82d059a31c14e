/* uts_tree.h - the parameters of an unbalanced tree (UTS) and the integer tables made from them. */
#ifndef BENCH_UTS_TREE_H
#define BENCH_UTS_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "problem.h"

/* The tree called "T1" and so on; 0, or -1 if there is none of that name. Nothing derived yet. */
int uts_named(const char *name, uts_tree *tree);

/* What UTS itself takes for parameters that are not given. */
void uts_defaults(uts_type type, uts_tree *tree);

/* Whether the parameters that matter are equal. */
bool uts_same(const uts_tree *a, const uts_tree *b);

/* Checks the parameters and derives the rest. 0, or -1 with a sentence in `error`. uts_free after
 * success. */
int uts_prepare(uts_tree *tree, char *error, size_t size);
void uts_free(uts_tree *tree);

/* Children of a node by UTS' own formula in double, without the tables: the reference that they are
 * tested against. random is the last word of the state. */
uint32_t uts_children_exact(const uts_tree *tree, uint32_t random, uint32_t depth);

#endif
