/* report.c - reads what the device's compiler made of a program (cl/report.cl): names, sizes and
 * offsets of fibers and env members; and compares the layout of the shared structures.
 */
#include "clfi.h"

#include <stdlib.h>
#include <string.h>

#define CLF_LAYOUT_SPACE

typedef struct reader {
    const cl_uint *words;
    char *text; /* copy of the words, where strings stay */
    uint32_t at;
} reader;

typedef struct record {
    uint32_t kind, a, b;
    const char *text;
} record;

static record next_record(reader *r)
{
    record rec = {CLF_REPORT_END, 0, 0, ""};
    if (r->at + 4 > CLF_REPORT_WORDS || r->words[r->at] == CLF_REPORT_END)
        return rec;
    const cl_uint *w = r->words + r->at;
    if (w[3] > CLF_REPORT_WORDS - r->at - 4)
        return rec; /* no device says so */
    rec = (record){w[0], w[1], w[2], r->text + (size_t)(r->at + 4) * 4};
    r->at += 4 + w[3];
    return rec;
}

static clf_status check_layout(clf_scheduler *s, uint32_t number, uint32_t value)
{
    static const struct {
        uint32_t value;
        const char *what;
    } host[] = {
#define HOST_VALUE(n, v) {(uint32_t)(v), #v},
        CLF_LAYOUT_CHECKS(HOST_VALUE)
#undef HOST_VALUE
    };
    if (number < sizeof host / sizeof *host && host[number].value == value)
        return CLF_OK;
    return clfi_fail(s, CLF_BAD_LAYOUT,
                     "%s is %u on the device, but %u on the host: its compiler lays structures out "
                     "differently; please report the device",
                     number < sizeof host / sizeof *host ? host[number].what : "?", (unsigned)value,
                     number < sizeof host / sizeof *host ? (unsigned)host[number].value : 0u);
}

/* How many records of each kind follow, so that the arrays can be made at once. */
static void count(reader r, uint32_t *fibers, uint32_t *params, uint32_t *envs)
{
    *fibers = *params = *envs = 0;
    for (record rec = next_record(&r); rec.kind != CLF_REPORT_END; rec = next_record(&r)) {
        *fibers += rec.kind == CLF_REPORT_FIBER;
        *params += rec.kind == CLF_REPORT_ARG;
        *envs += rec.kind == CLF_REPORT_ENV;
    }
}

/* Whether the parameter lies in the fiber's frame, behind the header. */
static bool fits(const clfi_fiber *f, const record *type)
{
    return type->a >= sizeof(clf_header) && type->a <= f->info.frame_size &&
           type->b <= f->info.frame_size - type->a;
}

static void add_param(clfi_fiber *f, const record *type, const record *name)
{
    clfi_param *p = &f->param[f->info.params];
    *p = (clfi_param){.offset = type->a};
    p->info = (clf_param_info){type->text, name->text, type->b, strchr(type->text, '*') != NULL};
    f->public_param[f->info.params++] = p->info;
    size_t end = type->a + (type->b + 3) / 4 * 4;
    f->end = end > f->end ? end : f->end;
}

static clf_status garbled(clf_scheduler *s)
{
    return clfi_fail(s, CLF_BAD_PROGRAM,
                     "the device's report on the program is garbled: does the program write where "
                     "it must not?");
}

static clf_status read_records(clf_scheduler *s, reader *r, clfi_program *p)
{
    clfi_fiber *f = NULL;
    clfi_param *params = p->fiber[0].param;
    clf_param_info *public_params = p->fiber[0].public_param;
    p->fibers = 0;
    for (record rec = next_record(r); rec.kind != CLF_REPORT_END; rec = next_record(r)) {
        record name;
        switch (rec.kind) {
        case CLF_REPORT_LAYOUT:
            CLFI_TRY(check_layout(s, rec.a, rec.b));
            break;
        case CLF_REPORT_FRAME:
            p->frame_bytes = rec.a;
            p->spill_bytes = rec.b;
            break;
        case CLF_REPORT_CLASSES:
            p->classes = rec.a;
            p->largest = rec.b;
            break;
        case CLF_REPORT_FRONT:
            p->frames_at = rec.a;
            p->smallest = rec.b;
            break;
        case CLF_REPORT_ROOM:
            if (f == NULL)
                return garbled(s);
            f->room = rec.a;
            break;
        case CLF_REPORT_OWN:
            p->name_place = rec.a;
            p->priorities = rec.b != 0;
            break;
        case CLF_REPORT_FIBER:
            params += f != NULL ? f->info.params : 0;
            public_params += f != NULL ? f->info.params : 0;
            f = &p->fiber[p->fibers++];
            *f = (clfi_fiber){.param = params, .public_param = public_params, .spill_size = rec.b};
            f->info = (clf_fiber_info){rec.text, "void", 0, rec.a, 0, public_params};
            f->end = sizeof(clf_header);
            break;
        case CLF_REPORT_RESULT:
            if (f == NULL)
                return garbled(s);
            f->info.result_type = rec.text;
            f->info.result_size = rec.a;
            p->max_result = rec.a > p->max_result ? rec.a : p->max_result;
            break;
        case CLF_REPORT_ARG:
            name = next_record(r);
            if (f == NULL || !fits(f, &rec))
                return garbled(s);
            add_param(f, &rec, &name);
            if (f->end - sizeof(clf_header) > p->max_args)
                p->max_args = f->end - sizeof(clf_header);
            break;
        case CLF_REPORT_ENV:
            name = next_record(r);
            p->env[p->envs++] =
                (clfi_param){.info = {rec.text, name.text, rec.b, (int)rec.a}, .offset = 0};
            break;
        default:
            return clfi_fail(s, CLF_INTERNAL, "the device reported a record of the unknown kind %u",
                             (unsigned)rec.kind);
        }
    }
    return CLF_OK;
}

clf_status clfi_report_read(clf_scheduler *s, const cl_uint *words, clfi_program *p)
{
    uint32_t fibers, params, envs;
    if (words[0] != CLF_REPORT_MAGIC)
        return garbled(s);
    if (words[1] != 0)
        return clfi_fail(s, CLF_BAD_PROGRAM,
                         "the device's report on the program is too long: it has too many fibers "
                         "or parameters");
    p->report = calloc(CLF_REPORT_WORDS + 1, sizeof *words); /* the last string ends, too */
    if (p->report == NULL)
        return clfi_no_memory(s, CLF_REPORT_WORDS * sizeof *words, "program report");
    memcpy(p->report, words, CLF_REPORT_WORDS * sizeof *words);
    reader r = {words, p->report, 2};
    count(r, &fibers, &params, &envs);
    if (fibers == 0)
        return clfi_fail(s, CLF_BAD_PROGRAM, "the program has no fibers: CLF_FIBERS names none");
    p->fiber = calloc(fibers, sizeof *p->fiber);
    p->env = calloc(envs + 1, sizeof *p->env);
    clfi_param *param = calloc(params + 1, sizeof *param);
    clf_param_info *public_param = calloc(params + 1, sizeof *public_param);
    if (p->fiber == NULL || p->env == NULL || param == NULL || public_param == NULL) {
        free(param);
        free(public_param);
        return clfi_no_memory(s, fibers * sizeof *p->fiber, "fiber descriptions");
    }
    p->fiber[0].param = param;
    p->fiber[0].public_param = public_param;
    CLFI_TRY(read_records(s, &r, p));
    bool whole = p->frame_bytes != 0 && p->smallest != 0 && p->largest != 0 && p->classes != 0 &&
                 p->classes <= CLF_CLASSES_MOST;
    return whole ? CLF_OK : garbled(s);
}
