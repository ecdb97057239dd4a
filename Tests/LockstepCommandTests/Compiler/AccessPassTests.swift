import Foundation
import Testing

@testable import LockstepCommand

@Suite struct `Accesses that ThreadSanitizer's pass leaves out` {
  @Test(arguments: [
    ("%1 = load x86_fp80, ptr @total, align 16, !dbg !9", "read", "@total", "10"),
    ("%1 = load volatile i24, ptr %0, align 1, !dbg !9", "read", "%0", "3"),
    ("store i24 %4, ptr @\"a, b\", align 1, !dbg !9", "write", "@\"a, b\"", "3"),
    ("store <8 x float> %5, ptr %3, align 32, !dbg !9", "write", "%3", "32"),
    ("store <4 x ptr> splat (ptr @x), ptr %3, align 32, !dbg !9", "write", "%3", "32"),
    (
      "%9 = load i256, ptr getelementptr inbounds nuw (i8, ptr @x, i64 8), align 8, !dbg !9",
      "read",
      "getelementptr inbounds nuw (i8, ptr @x, i64 8)", "32"
    ),
    (
      "%4 = load { i64, i64, i32 }, ptr %2, align 8, !dbg !9", "read", "%2",
      "ptrtoint (ptr getelementptr ({ i64, i64, i32 }, ptr null, i32 1) to i64)"
    ),
    (
      "%2 = call i64 @f(i32 %0, ptr noundef byval(%struct.big) align 8 @big), !dbg !9", "read",
      "@big", "ptrtoint (ptr getelementptr (%struct.big, ptr null, i32 1) to i64)"
    ),
  ])
  func `are reported before them`(line: String, kind: String, pointer: String, size: String) throws
  {
    let lines = try body(of: [line])
    #expect(
      lines == [
        "%lockstep.caller = call ptr @llvm.returnaddress(i32 0), !dbg !9",
        "call void @__tsan_func_entry(ptr %lockstep.caller), !dbg !9",
        "call void @__tsan_\(kind)_range(ptr \(pointer), i64 \(size)), !dbg !9", line,
        "call void @__tsan_func_exit(), !dbg !9", "ret void",
      ])
  }

  @Test(arguments: [
    "%1 = load i32, ptr @x, align 4", "store ptr %0, ptr @x, align 8",
    "%1 = load <4 x float>, ptr @x, align 16", "store <2 x i64> %1, ptr @x, align 16",
    "%1 = load atomic i64, ptr @x seq_cst, align 8", "store fp128 %1, ptr @x, align 16",
    "%1 = load x86_fp80, ptr addrspace(257) %0, align 16",
    "%1 = call i32 (ptr, ...) @printf(ptr @\" byval\", x86_fp80 %0)",
    "%1 = tail call { i32, i32 } asm sideeffect \"rdtsc\", \"={ax},={dx}\"()",
    "tail call void asm sideeffect \"\", \"*m\"(ptr elementtype(i32) @x)",
    "tail call void asm sideeffect \"mfence\", \"~{memory}\"()",
    "call void @llvm.x86.sse.ldmxcsr(ptr %1)", "call void @llvm.x86.sse2.pause()",
  ])
  func `are none of those that it reports, or that are none`(line: String) {
    #expect(AccessPass.complete(module(of: [line])) == nil)
  }

  @Test func `are not reported twice where it knows a structure's layout`() {
    let load = "%2 = load { i64, i64 }, ptr @x, align 8"
    #expect(AccessPass.complete(module(of: ["call void @__tsan_read16(ptr @x)", load])) == nil)
    #expect(AccessPass.complete(module(of: ["call void @__tsan_read16(ptr @y)", load])) != nil)
  }

  @Test func `enter and leave a function that does so once`() throws {
    let entry = "call void @__tsan_func_entry(ptr %1)"
    let load = "%2 = load x86_fp80, ptr @x, align 16"
    let exit = "call void @__tsan_func_exit()"
    #expect(
      try body(of: [entry, load, exit]) == [
        entry, "call void @__tsan_read_range(ptr @x, i64 10)", load, exit, "ret void",
      ])
  }

  @Test(arguments: [
    ("call void asm sideeffect \"incl $0\", \"=*m\"(ptr elementtype(i32) @x)", "inline assembly"),
    ("call void asm sideeffect \"incl ($0)\", \"r,~{memory}\"(ptr %0)", "inline assembly"),
    (
      "%5 = call <8 x i32> @llvm.masked.load.v8i32.p0(ptr %0, i32 4)", "'llvm.masked.load.v8i32.p0'"
    ),
    (
      "%5 = call <8 x i32> @llvm.x86.avx2.maskload.d.256(ptr %0, <8 x i32> %1)",
      "'llvm.x86.avx2.maskload.d.256'"
    ),
  ])
  func `are named where they cannot be told`(line: String, what: String) throws {
    let text = "accesses of \(what) in 'f'"
    #expect(try body(of: [line]).contains("call void @lks_meetUnreported(ptr @\"\(text)\")"))
    let whole = try #require(AccessPass.complete(module(of: [line])))
    let type = "[\(text.utf8.count + 1) x i8]"
    let constant = "@\"\(text)\" = private unnamed_addr constant \(type) c\"\(text)\\00\""
    #expect(String(decoding: whole, as: UTF8.self).contains(constant))
  }

  @Test func `are left out where the program says so`() {
    let line = "%1 = load x86_fp80, ptr @total, align 16"
    #expect(AccessPass.complete(module(of: [line], attributes: "nounwind uwtable")) == nil)
  }

  private func module(
    of lines: [String], attributes: String = "nounwind sanitize_thread uwtable"
  ) -> Data {
    let body = lines.map { "  \($0)\n" }.joined()
    return Data(
      """
      source_filename = "a.c"
      define dso_local void @f(ptr noundef %0) #3 !dbg !8 {
      \(body)  ret void
      }

      declare void @__tsan_func_exit() #1
      attributes #1 = { nounwind }
      attributes #3 = { \(attributes) }
      !9 = !DILocation(line: 1, scope: !8)

      """.utf8)
  }

  /// The instructions of the function that are left, with all calls.
  private func body(of lines: [String]) throws -> [String] {
    let whole = try #require(AccessPass.complete(module(of: lines)))
    let text = String(decoding: whole, as: UTF8.self)
    for name in ["__tsan_func_exit", "__tsan_read_range", "lks_meetUnreported"] {
      #expect(text.components(separatedBy: "declare void @\(name)(").count == 2)
    }
    return text.split(separator: "\n").filter { $0.hasPrefix("  ") }.map { String($0.dropFirst(2)) }
  }
}
