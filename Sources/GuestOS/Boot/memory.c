/* What compilers call unasked. Words instead of REP: a REP instruction costs one step for each unit on engines that
 * count or translate, so its width is all that matters there. */
#include <stddef.h>
#include <stdint.h>

typedef uint64_t __attribute__((may_alias, aligned(1))) word;

void *memcpy(void *restrict destination, const void *restrict source, size_t length) {
  uint8_t *to = destination;
  const uint8_t *from = source;
  for (; length >= 32; length -= 32, to += 32, from += 32) {
    word a = ((const word *)from)[0], b = ((const word *)from)[1], c = ((const word *)from)[2],
         d = ((const word *)from)[3];
    ((word *)to)[0] = a;
    ((word *)to)[1] = b;
    ((word *)to)[2] = c;
    ((word *)to)[3] = d;
  }
  for (; length >= 8; length -= 8, to += 8, from += 8) *(word *)to = *(const word *)from;
  for (; length; length--) *to++ = *from++;
  return destination;
}

void *memmove(void *destination, const void *source, size_t length) {
  uint8_t *to = destination;
  const uint8_t *from = source;
  if (to - from >= 0 && (size_t)(to - from) < length) {
    while (length >= 8) {
      length -= 8;
      *(word *)(to + length) = *(const word *)(from + length);
    }
    while (length) {
      length--;
      to[length] = from[length];
    }
    return destination;
  }
  return memcpy(destination, source, length);
}

void *memset(void *destination, int value, size_t length) {
  uint8_t *to = destination;
  const uint64_t pattern = 0x0101010101010101ull * (uint8_t)value;
  for (; length >= 32; length -= 32, to += 32) {
    ((word *)to)[0] = pattern;
    ((word *)to)[1] = pattern;
    ((word *)to)[2] = pattern;
    ((word *)to)[3] = pattern;
  }
  for (; length; length--) *to++ = (uint8_t)value;
  return destination;
}

int memcmp(const void *left, const void *right, size_t length) {
  const uint8_t *a = left, *b = right;
  for (; length; length--, a++, b++)
    if (*a != *b) return *a - *b;
  return 0;
}

size_t strlen(const char *text) {
  size_t length = 0;
  while (text[length]) length++;
  return length;
}

#ifndef UIO_ONLY_MEMORY
/* Swift's runtime asks for memory by these names, which Swift code may not define itself. */
uint64_t heap_allocate(uint64_t length, uint64_t alignment);
void heap_free(uint64_t address);

int posix_memalign(void **result, size_t alignment, size_t length) {
  const int out_of_memory = 12;
  *result = (void *)heap_allocate(length, alignment);
  return *result ? 0 : out_of_memory;
}

void free(void *block) {
  if (block) heap_free((uint64_t)block);
}
#endif
