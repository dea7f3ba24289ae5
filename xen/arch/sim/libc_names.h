/* SPDX-License-Identifier: MIT */
/* Our functions of the C library's names, beside those the sanitizers watch. */
#define memcpy      our_memcpy
#define memmove     our_memmove
#define memset      our_memset
#define memcmp      our_memcmp
#define memchr      our_memchr
#define strlen      our_strlen
#define strnlen     our_strnlen
#define strcmp      our_strcmp
#define strncmp     our_strncmp
#define strcasecmp  our_strcasecmp
#define strncasecmp our_strncasecmp
#define strchr      our_strchr
#define strrchr     our_strrchr
#define strstr      our_strstr
#define strspn      our_strspn
#define strcspn     our_strcspn
#define strpbrk     our_strpbrk
#define vsnprintf   our_vsnprintf
#define snprintf    our_snprintf
