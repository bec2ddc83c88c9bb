/*
 * What a libstdc++ and a libgcc that are built for glibc 2.36 take from it, and musl 1.2.3 does not have, or has under another name: as far as
 * the program needs it. No header is included, since those at hand may be of either C library; the types are those of musl.
 */
typedef __SIZE_TYPE__ size_t;

_Noreturn void abort(void);
void *malloc(size_t size);
void free(void *memory);
int getentropy(void *bytes, size_t length);
unsigned long getauxval(unsigned long item);
size_t strftime_l(char *text, size_t size, const char *format, const void *time, void *locale);
int pthread_once(int *control, void (*init)(void));
int pthread_key_create(unsigned *key, void (*destructor)(void *));
void *pthread_getspecific(unsigned key);
int pthread_setspecific(unsigned key, const void *value);

/* Never a promise that there is one thread only. */
char __libc_single_threaded;

size_t __strftime_l(char *text, size_t size, const char *format, const void *time, void *locale) {
  return strftime_l(text, size, format, time, locale);
}

unsigned long __getauxval(unsigned long item) { return getauxval(item); }

unsigned arc4random(void) {
  unsigned number;
  if (getentropy(&number, sizeof number) != 0) abort();
  return number;
}

/* Unwinding starts with this. Nothing that is tried throws a C++ exception; a program that did must not be taken for one that runs. */
int _dl_find_object(void *address, void *result) {
  (void)address;
  (void)result;
  abort();
}

#ifdef __x86_64__
/* libgcc has these itself, but under an old version of their names, which musl's loader passes over. Nothing here reads what they find. */
unsigned __cpu_model[4];
int __cpu_indicator_init(void) { return 0; }
#endif

/* Destructors of a thread's objects, the last one registered first; those of the main thread are not run. */
struct registered {
  void (*destructor)(void *);
  void *object;
  struct registered *next;
};

static unsigned key;
static int once;

static void run_all(void *first) {
  for (struct registered *it = first; it != 0;) {
    struct registered *next = it->next;
    it->destructor(it->object);
    free(it);
    it = next;
  }
}

static void create_key(void) {
  if (pthread_key_create(&key, run_all) != 0) abort();
}

int __cxa_thread_atexit_impl(void (*destructor)(void *), void *object, void *library) {
  (void)library;
  pthread_once(&once, create_key);
  struct registered *it = malloc(sizeof *it);
  if (it == 0) return -1;
  *it = (struct registered){destructor, object, pthread_getspecific(key)};
  return pthread_setspecific(key, it);
}
