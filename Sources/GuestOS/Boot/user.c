/* What compilers call unasked, for extensions at CPL 3: those of the unikernel's own are in supervisor pages. */
#ifdef UIO_RING3
#pragma clang section text = ".text.user"
#define memcpy user_memcpy
#define memmove user_memmove
#define memset user_memset
#define memcmp user_memcmp
#define strlen user_strlen
#define UIO_ONLY_MEMORY
#include "memory.c"
#define __popcountdi2 user_popcountdi2
#define __paritydi2 user_paritydi2
#define __udivmodti4 user_udivmodti4
#define __udivti3 user_udivti3
#define __umodti3 user_umodti3
#define __divti3 user_divti3
#define __modti3 user_modti3
#include "arithmetic.c"
#endif
