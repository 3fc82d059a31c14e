/* report.c - what an execution did, step by step, and how to have it again. */
#include "engine.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *order_name(const struct op *op)
{
    static const char *const names[] = {"relaxed", "consume", "acquire",
                                        "release", "acq_rel", "seq_cst"};
    return op->order >= 0 && op->order <= 5 ? names[op->order] : "?";
}

static void print_place(const void *from)
{
    char command[160], line[256];
    snprintf(command, sizeof command, "addr2line -i -s -e /proc/%ld/exe %p 2>/dev/null",
             (long)getpid(), (const void *)((const char *)from - 1));
    FILE *pipe = popen(command, "r");
    if (pipe == NULL)
        return;
    for (int n = 0; fgets(line, sizeof line, pipe) != NULL; n++) {
        line[strcspn(line, " \n")] = '\0';
        if (n < 4 && strncmp(line, "atomics.cl", 10) != 0)
            printf(" %s", line);
    }
    pclose(pipe);
}

void report_event(unsigned thread, const struct op *op, const struct effect *e)
{
    static const char *const names[] = {"load", "store", "add", "or", "and", "exchange", "cas"};
    printf("  %4u  thread %u  %-8s %-7s %s", x.depth, thread, names[op->kind], order_name(op),
           memory_name(op->address));
    if (op->kind == OP_CAS)
        printf(" %u -> %u", op->expected, op->value);
    else if (op->kind != OP_LOAD)
        printf(" %u", op->value);
    if (e->read)
        printf(": found %u", op->result);
    if (e->future)
        printf(", from the future");
    if (e->stale && e->read)
        printf(" (stale: the newest is %u)", e->newest);
    else if (e->stale)
        printf(" (behind %u)", op->result);
    printf("  [");
    print_place(op->from);
    printf(" ]\n");
}

static void print_schedule(unsigned length)
{
    printf("schedule, to be passed to --replay:\n%s", x.scenario->name);
    for (unsigned i = 0; i < length; i++)
        printf("%c%u%s", i % 40 == 0 && i != 0 ? '\n' : ' ', nodes[i].thread,
               nodes[i].option == 0 ? "" : (char[]){'.', (char)('a' + nodes[i].option - 1), 0});
    printf("\n");
}

void report_failure(void)
{
    printf("FAILED %s: %s\n", x.scenario->name, x.message);
    if (x.brief)
        return;
    x.prefix = x.depth;
    x.verbose = true;
    x.search = REPLAY;
    search_execute();
    print_schedule(x.prefix);
}

/* A wild pointer: the execution cannot be repeated in here, but its schedule is known. */
static void crashed(int number)
{
    printf("FAILED %s: signal %d after %u operations\n", x.scenario->name, number, x.depth);
    print_schedule(x.depth);
    fflush(stdout);
    _exit(1);
}

void report_crashes(void)
{
    static char stack[1 << 16];
    stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_handler = crashed, .sa_flags = SA_ONSTACK};
    sigaltstack(&other, NULL);
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
}
