/* replay.c - runs a fuzz target on the files of its corpus, with any compiler: what a fuzzer once
 * found stays found. `make check` does; the folder may be given instead. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *folder, const char *name)
{
    enum { MOST = 1 << 20 };
    static uint8_t data[MOST];
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return 1;
    }
    size_t size = fread(data, 1, MOST, file);
    fclose(file);
    printf("%s\n", name);
    fflush(stdout); /* the last line is the one that crashed */
    LLVMFuzzerTestOneInput(data, size);
    return 0;
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : CORPUS;
    DIR *all = opendir(folder);
    unsigned n = 0;
    int bad = 0;
    if (all == NULL) {
        perror(folder);
        return EXIT_FAILURE;
    }
    for (const struct dirent *e = readdir(all); e != NULL; e = readdir(all))
        if (e->d_name[0] != '.') {
            bad |= replay(folder, e->d_name);
            n++;
        }
    closedir(all);
    printf("%u inputs\n", n);
    return bad == 0 && n > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
