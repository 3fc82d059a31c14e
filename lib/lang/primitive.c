/* primitive.c - the operations of the language that are neither statements of OpenCL C nor calls of
 * fibers: what `await` takes besides fibers, what stands alone and never suspends, what can be part
 * of an expression. Each is a function of the runtime that is called with the worker and the fiber.
 */
#include "ast.h"

#include <string.h>

static const primitive primitives[] = {
    {"join", "clf_join", V_JOIN, 1, 1, GIVES_VALUE},
    {"try_join", "clf_join", V_TRY_JOIN, 1, 2, GIVES_CODE},
    {"lock", "clf_lock", V_PRIMITIVE, 1, 1, GIVES_CODE},
    {"acquire", NULL, V_PRIMITIVE, 2, 2, GIVES_CODE},
    {"wait", NULL, V_PRIMITIVE, 1, 1, GIVES_CODE},
    {"arrive", NULL, V_PRIMITIVE, 1, 1, GIVES_VALUE},
    {"send", NULL, V_PRIMITIVE, 2, 2, GIVES_CODE},
    {"recv", NULL, V_PRIMITIVE, 1, 1, GIVES_CODE},
    {"sleep", "clf_sleep", V_SLEEP, 1, 1, GIVES_CODE},
    {"hostcall", "clf_hostcall", V_HOSTCALL, 1, 2, GIVES_VALUE},
};

static const operation posts[] = {
    {"unlock", "clf_unlock", 1, 1, NULL},
};

static const struct {
    const char *name, *call;
} tries[] = {
    {"try_lock", "clf_try_lock"},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

const primitive *clfi_lang_find_primitive(const char *name)
{
    for (size_t i = 0; i < COUNT(primitives); i++)
        if (strcmp(primitives[i].name, name) == 0)
            return &primitives[i];
    return NULL;
}

bool clfi_lang_is_primitive(const char *name)
{
    return clfi_lang_find_primitive(name) != NULL;
}

const operation *clfi_lang_find_post(front *f, uint32_t i)
{
    const symbol *y = sym_at(f, i);
    if (!is_punct(f, i + 1, '(') || tok_at(f, i + 1)->unclosed || y->function || y->macro != 0 ||
        y->fiber != 0 || y->local != 0)
        return NULL;
    for (size_t k = 0; k < COUNT(posts); k++)
        if (strcmp(posts[k].name, y->s) == 0)
            return &posts[k];
    return NULL;
}

const char *clfi_lang_find_try(const char *name)
{
    for (size_t i = 0; i < COUNT(tries); i++)
        if (strcmp(tries[i].name, name) == 0)
            return tries[i].call;
    return NULL;
}
