/* Pages of memory that cannot be touched, on each system. WebAssembly has none: there the hosts see what is written
   next to a buffer, but not what is read. */
#ifndef PAGES_H
#define PAGES_H

#include <stddef.h>
#include <stdlib.h>

#if defined(_WIN32)
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#undef near
#undef far

static size_t page_size(void) { return 4096; }

static void *reserve(size_t size) { return VirtualAlloc(NULL, size, MEM_RESERVE, PAGE_NOACCESS); }

static int allow(void *pages, size_t size)
{
    return VirtualAlloc(pages, size, MEM_COMMIT, PAGE_READWRITE) != NULL;
}

#elif defined(__wasm__)

static size_t page_size(void) { return 65536; }

static void *reserve(size_t size) { return malloc(size); }

static int allow(void *pages, size_t size)
{
    (void)size;
    return pages != NULL;
}

#else
#include <sys/mman.h>
#include <unistd.h>

static size_t page_size(void) { return (size_t)sysconf(_SC_PAGESIZE); }

/* Whole pages, none of which may be touched yet; NULL if there is no room for their addresses. */
static void *reserve(size_t size)
{
    void *pages = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}

/* From now on these pages can be read and written. */
static int allow(void *pages, size_t size)
{
    return mprotect(pages, size, PROT_READ | PROT_WRITE) == 0;
}

#endif
#endif
