/* A project that uses an installed libclfiber: reads fib.fib from the current folder and runs it. */
#include <clfiber.h>
#include <stdio.h>

int main(void)
{
    static char source[4096];
    clf_scheduler *s = NULL;
    clf_handle h;
    cl_long result = 0;
    FILE *file = fopen("fib.fib", "r");

    if (file == NULL || fread(source, 1, sizeof source - 1, file) == 0)
        return 1;
    fclose(file);
    if (clf_create(NULL, &s) != CLF_OK) {
        fprintf(stderr, "%s\n", clf_message(NULL));
        return 1;
    }
    if (clf_program_build(s, source, NULL) != CLF_OK ||
        clf_start(s, "fib", 1, (clf_arg[]){CLF_INT(20)}, &h) != CLF_OK ||
        clf_join(s, h, &result, sizeof result, CLF_FOREVER) != CLF_OK)
        fprintf(stderr, "%s\n", clf_message(s));
    else
        printf("fib(20) = %lld\n", (long long)result);
    clf_destroy(s);
    return result != 6765;
}
