#ifndef CMEMORYFILE_H
#define CMEMORYFILE_H

/// A new anonymous file that lives in memory only, closed on exec. Returns its descriptor, or -1 with errno set.
int memory_file_create(void);

#endif
