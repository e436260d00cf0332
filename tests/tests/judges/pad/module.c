/* A PKCS#11 module before OpenSC's, as a reader with keys makes it look: the token has a protected
 * authentication path, no PIN may come with C_Login, and what was "typed" stands in a file, a line
 * for each time the reader asks. Layout: PKCS#11 2.40, pkcs11t.h and pkcs11f.h. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long ulong_t;
typedef ulong_t (*function)();

enum { FUNCTIONS = 68, TOKEN_INFO = 6, LOGIN = 18, FLAGS = 96 };
enum { ARGUMENTS_BAD = 0x07, CANCELED = 0x50, ALREADY = 0x100, PROTECTED_PATH = 0x100 };

struct list { unsigned char version[2]; function call[FUNCTIONS]; };
static struct list ours, *theirs;

static ulong_t token_info(ulong_t slot, unsigned char *info) {
    ulong_t flags, result = theirs->call[TOKEN_INFO](slot, info);
    memcpy(&flags, info + FLAGS, sizeof flags);
    flags |= PROTECTED_PATH;
    memcpy(info + FLAGS, &flags, sizeof flags);
    return result;
}

static ulong_t login(ulong_t session, ulong_t user, char *pin, ulong_t length) {
    static int asked;
    char line[64] = "", path[4096];
    FILE *file = fopen(getenv("PAD_TYPED"), "r");
    if (pin || length || !file) return ARGUMENTS_BAD;
    for (int at = 0; at <= asked; at++)
        if (!fgets(line, sizeof line, file)) return ARGUMENTS_BAD;
    fclose(file);
    asked++;
    line[strcspn(line, "\n")] = 0;
    if (!strcmp(line, "cancel")) return CANCELED;
    if (!strcmp(line, "wait")) {
        snprintf(path, sizeof path, "%s.waiting", getenv("PAD_TYPED"));
        file = fopen(path, "w");
        fprintf(file, "%d\n", getpid());
        fclose(file);
        for (;;) pause();
    }
    if (!strncmp(line, "before ", 7)) {
        ulong_t result = theirs->call[LOGIN](session, user, line + 7, (ulong_t)strlen(line + 7));
        return result ? result : ALREADY;
    }
    return theirs->call[LOGIN](session, user, line, (ulong_t)strlen(line));
}

ulong_t C_GetFunctionList(struct list **list) {
    void *module = dlopen(MODULE, RTLD_NOW | RTLD_LOCAL);
    ulong_t (*get)(struct list **) =
        module ? (ulong_t (*)(struct list **))dlsym(module, "C_GetFunctionList") : 0;
    ulong_t result = get ? get(&theirs) : ARGUMENTS_BAD;
    if (result) return result;
    ours = *theirs;
    ours.call[TOKEN_INFO] = (function)token_info;
    ours.call[LOGIN] = (function)login;
    *list = &ours;
    return 0;
}
