/// The instrumentation's functions, doing what the code without instrumentation would have done.
///
/// An executable of the person's package that does not link Lockstep contains instrumented modules
/// all the same; without these it would not link.
enum PassthroughRuntime {
  static let source = #"""
    #include <stddef.h>
    #include <stdint.h>

    #define ACCESS(size)                                        \
      void __tsan_read##size(void *a) {}                        \
      void __tsan_write##size(void *a) {}                       \
      void __tsan_read##size##_pc(void *a, void *p) {}          \
      void __tsan_write##size##_pc(void *a, void *p) {}         \
      void __tsan_read_write##size(void *a) {}                  \
      void __tsan_unaligned_read##size(void *a) {}              \
      void __tsan_unaligned_write##size(void *a) {}             \
      void __tsan_unaligned_read_write##size(void *a) {}        \
      void __tsan_volatile_read##size(void *a) {}               \
      void __tsan_volatile_write##size(void *a) {}              \
      void __tsan_unaligned_volatile_read##size(void *a) {}     \
      void __tsan_unaligned_volatile_write##size(void *a) {}
    ACCESS(1) ACCESS(2) ACCESS(4) ACCESS(8) ACCESS(16)

    void __tsan_init(void) {}
    void __tsan_func_entry(void *p) {}
    void __tsan_func_exit(void) {}
    void __tsan_ignore_thread_begin(void) {}
    void __tsan_ignore_thread_end(void) {}
    void __tsan_read_range(void *a, size_t n) {}
    void __tsan_write_range(void *a, size_t n) {}
    void __tsan_read_range_pc(void *a, size_t n, void *p) {}
    void __tsan_write_range_pc(void *a, size_t n, void *p) {}
    void __tsan_vptr_read(void **a) {}
    void __tsan_vptr_update(void **a, void *v) {}
    void __tsan_acquire(void *a) {}
    void __tsan_release(void *a) {}
    void *__tsan_external_register_tag(const char *n) { return NULL; }
    void __tsan_external_register_header(void *t, const char *h) {}
    void __tsan_external_assign_tag(void *a, void *t) {}
    void __tsan_external_read(void *a, void *p, void *t) {}
    void __tsan_external_write(void *a, void *p, void *t) {}
    void *__tsan_memcpy(void *d, const void *s, size_t n) { return __builtin_memcpy(d, s, n); }
    void *__tsan_memmove(void *d, const void *s, size_t n) { return __builtin_memmove(d, s, n); }
    void *__tsan_memset(void *d, int c, size_t n) { return __builtin_memset(d, c, n); }

    // Every order is taken as the strongest: an order that is a variable would be so too.
    #define SC __ATOMIC_SEQ_CST
    #define FETCH(bits, T, name)                                              \
      T __tsan_atomic##bits##_fetch_##name(volatile T *a, T v, int o) {       \
        return __atomic_fetch_##name(a, v, SC);                               \
      }
    #define ATOMIC(bits, T)                                                   \
      T __tsan_atomic##bits##_load(const volatile T *a, int o) {              \
        return __atomic_load_n(a, SC);                                        \
      }                                                                       \
      void __tsan_atomic##bits##_store(volatile T *a, T v, int o) {           \
        __atomic_store_n(a, v, SC);                                           \
      }                                                                       \
      T __tsan_atomic##bits##_exchange(volatile T *a, T v, int o) {           \
        return __atomic_exchange_n(a, v, SC);                                 \
      }                                                                       \
      FETCH(bits, T, add) FETCH(bits, T, sub) FETCH(bits, T, and)             \
      FETCH(bits, T, or) FETCH(bits, T, xor) FETCH(bits, T, nand)             \
      int __tsan_atomic##bits##_compare_exchange_strong(                      \
          volatile T *a, T *e, T v, int o, int f) {                           \
        return __atomic_compare_exchange_n(a, e, v, 0, SC, SC);               \
      }                                                                       \
      int __tsan_atomic##bits##_compare_exchange_weak(                        \
          volatile T *a, T *e, T v, int o, int f) {                           \
        return __atomic_compare_exchange_n(a, e, v, 1, SC, SC);               \
      }                                                                       \
      T __tsan_atomic##bits##_compare_exchange_val(                           \
          volatile T *a, T e, T v, int o, int f) {                            \
        __atomic_compare_exchange_n(a, &e, v, 0, SC, SC);                     \
        return e;                                                             \
      }
    ATOMIC(8, uint8_t) ATOMIC(16, uint16_t) ATOMIC(32, uint32_t) ATOMIC(64, uint64_t)
    #ifdef __SIZEOF_INT128__
    ATOMIC(128, unsigned __int128)
    #endif
    void __tsan_atomic_thread_fence(int o) { __atomic_thread_fence(SC); }
    void __tsan_atomic_signal_fence(int o) { __atomic_signal_fence(SC); }

    """#
}
