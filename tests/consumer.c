/* consumer.c - the smallest program that uses an installed libclfiber. */
#include <clfiber.h>
#include <string.h>

int main(void)
{
    return clf_version() == CLF_VERSION && strcmp(clf_status_name(CLF_OK), "CLF_OK") == 0 ? 0 : 1;
}
