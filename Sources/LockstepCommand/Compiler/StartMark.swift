/// A constructor, linked into the tests, that leaves a file when a test process begins.
///
/// `swift test` exits with 1 when the build fails and when a test fails. The file tells which.
enum StartMark {
  static let source = """
    #include <fcntl.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <unistd.h>

    __attribute__((constructor)) static void lks_markStart(void) {
      const char *folder = getenv("\(ResultsFolder.environmentVariable)");
      char path[4096];
      if (!folder) return;
      int length = snprintf(
          path, sizeof path, "%s/\(ResultsFolder.startMark)%ld", folder, (long)getpid());
      if (length < 0 || (size_t)length >= sizeof path) return;
      int file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
      if (file >= 0) close(file);
    }

    """
}
