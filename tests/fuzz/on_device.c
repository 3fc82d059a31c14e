/* on_device.c - what a fuzzer's inputs do to the device's compiler: each file is built by a process
 * of its own, which may be refused but may not crash. By hand: make tests/fuzz/on_device &&
 * ./tests/fuzz/on_device FOLDER... A source that the device's compiler, and not the front end,
 * finds wrong is counted: the front end let it pass.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clfiber.h"

enum outcome { BUILT, REFUSED, LEFT_TO_DEVICE, CRASHED, OUTCOMES };

static char source[1 << 16];

/* In the child: its exit status. */
static enum outcome build(void)
{
    clf_scheduler *s;
    if (clf_create(NULL, &s) != CLF_OK) {
        fprintf(stderr, "%s\n", clf_message(NULL));
        return OUTCOMES;
    }
    clf_status status = clf_program_build(s, source, NULL);
    enum outcome outcome = status == CLF_OK                     ? BUILT
                           : clf_generated_source(s)[0] == '\0' ? REFUSED
                                                                : LEFT_TO_DEVICE;
    clf_destroy(s);
    return outcome;
}

static enum outcome try_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return REFUSED;
    size_t length = fread(source, 1, sizeof source - 1, file);
    fclose(file);
    source[length] = '\0';
    pid_t child = fork();
    if (child == 0) {
        if (freopen("/dev/null", "w", stdout) == NULL)
            _exit(OUTCOMES);
        _exit(build());
    }
    int how = 0;
    if (child < 0 || waitpid(child, &how, 0) != child)
        return OUTCOMES;
    return WIFEXITED(how) ? (enum outcome)WEXITSTATUS(how) : CRASHED;
}

int main(int argc, char **argv)
{
    unsigned n[OUTCOMES + 1] = {0};
    for (int i = 1; i < argc; i++) {
        DIR *all = opendir(argv[i]);
        if (all == NULL) {
            perror(argv[i]);
            return EXIT_FAILURE;
        }
        for (const struct dirent *e = readdir(all); e != NULL; e = readdir(all)) {
            char path[4096];
            snprintf(path, sizeof path, "%s/%s", argv[i], e->d_name);
            if (e->d_name[0] == '.')
                continue;
            enum outcome outcome = try_file(path);
            n[outcome < OUTCOMES ? outcome : OUTCOMES]++;
            if (outcome >= LEFT_TO_DEVICE)
                printf("%s: %s\n", path,
                       outcome == LEFT_TO_DEVICE ? "left to the device" : "crash");
        }
        closedir(all);
    }
    printf("%u built, %u refused, %u left to the device's compiler, %u crashes\n", n[BUILT],
           n[REFUSED], n[LEFT_TO_DEVICE], n[CRASHED]);
    return n[CRASHED] + n[OUTCOMES] == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
