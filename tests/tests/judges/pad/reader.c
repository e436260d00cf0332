/* A reader with keys before pcscd's library: it names FEATURE_VERIFY_PIN_DIRECT, takes the structure
 * apart as PC/SC part 10 describes it, and gives the card what was "typed", a line of a file for
 * each time it is asked. Written from pcsc-lite's reader.h, not from the agent. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef long handle;
typedef unsigned long dword;
struct protocol { dword protocol, length; };

enum { FEATURES = 0x42000000 + 3400, VERIFY = 0x42330006, HEAD = 19, NOT_SUPPORTED = 0x8010001F };

static long answer(unsigned char *out, dword *returned, unsigned status) {
    out[0] = status >> 8;
    out[1] = status & 0xFF;
    *returned = 2;
    return 0;
}

long SCardControl(handle card, dword code, const unsigned char *in, dword length,
                  unsigned char *out, dword room, dword *returned) {
    static const unsigned char tlv[] = {0x07, 4, 0x42, 0x33, 0, 7, 0x06, 4, 0x42, 0x33, 0, 6};
    static int asked;
    char line[64] = "";
    if (code == FEATURES && room >= sizeof tlv) {
        memcpy(out, tlv, sizeof tlv);
        *returned = sizeof tlv;
        return 0;
    }
    if (code != VERIFY || length < HEAD) return NOT_SUPPORTED;
    dword data = in[15] | in[16] << 8 | in[17] << 16 | (dword)in[18] << 24;
    int ascii = (in[2] & 3) == 2, left = (in[2] & 4) == 0, at_start = (in[2] & 0x78) == 0;
    int no_length = in[3] >> 4 == 0 && in[4] == 0, confirmed = in[7] == 2;
    if (!ascii || !left || !at_start || !no_length || !confirmed || data != length - HEAD || data != 4)
        return answer(out, returned, 0x6B80);
    FILE *file = fopen(getenv("PAD_TYPED"), "r");
    for (int at = 0; at <= asked; at++)
        if (!fgets(line, sizeof line, file)) return NOT_SUPPORTED;
    fclose(file);
    asked++;
    line[strcspn(line, "\n")] = 0;
    if (!strcmp(line, "cancel")) return answer(out, returned, 0x6401);
    if (!strcmp(line, "timeout")) return answer(out, returned, 0x6400);
    size_t digits = strlen(line);
    if (digits < in[6] || digits > in[5]) return answer(out, returned, 0x6403);
    unsigned char apdu[64];
    memcpy(apdu, in + HEAD, 4);
    apdu[4] = digits;
    memcpy(apdu + 5, line, digits);
    struct protocol t1 = {2, sizeof t1};
    long (*transmit)(handle, const struct protocol *, const unsigned char *, dword, void *,
                     unsigned char *, dword *) = dlsym(RTLD_NEXT, "SCardTransmit");
    *returned = room;
    return transmit(card, &t1, apdu, 5 + digits, NULL, out, returned);
}
