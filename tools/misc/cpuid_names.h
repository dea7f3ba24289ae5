/* SPDX-License-Identifier: MIT */
#ifndef CPUID_NAMES_H
#define CPUID_NAMES_H

struct feature_word {
    const char *key, *where; /* short and long: leaf and register, or MSR */
    const char *names;       /* of bits 0 and on, separated by spaces; "-": none */
};

extern const struct feature_word feature_words[];
extern const unsigned int nr_feature_words;

#endif
