namespace PollScale.Native.Trampolines;

/// <summary>
/// Runs <c>f(a, b)</c> in a child process that shares this one's memory: <c>long probe(void* f, long a, long b, long* result)</c> gives
/// the child's process id, or -errno, once the child is gone. Nothing but this page and <c>f</c> runs in the child.
/// </summary>
internal static class VforkProbeTrampoline
{
    public static ReadOnlySpan<byte> Code =>
    [
        0xF3, 0x0F, 0x1E, 0xFA,                          // endbr64
        0x53,                                            // push rbx
        0x41, 0x54,                                      // push r12
        0x41, 0x55,                                      // push r13
        0x41, 0x56,                                      // push r14
        0x41, 0x57,                                      // push r15
        0x48, 0x83, 0xEC, 0x30,                          // sub rsp, 0x30
        0x49, 0x89, 0xFC,                                // mov r12, rdi
        0x49, 0x89, 0xF5,                                // mov r13, rsi
        0x49, 0x89, 0xD6,                                // mov r14, rdx
        0x49, 0x89, 0xCF,                                // mov r15, rcx

        // CLONE_VM | CLONE_VFORK: a fork would copy page tables and make DMA and hugepage memory copy-on-write. The caller stands still
        // until the child is gone; the child uses the 0x30 bytes above rsp and what lies below, so the registers saved here survive it.
        // No exit signal: the runtime would handle SIGCHLD.
        0xB8, 0x38, 0x00, 0x00, 0x00,                    // mov eax, 56 (clone)
        0xBF, 0x00, 0x41, 0x00, 0x00,                    // mov edi, 0x4100
        0x31, 0xF6,                                      // xor esi, esi (the caller's stack)
        0x31, 0xD2,                                      // xor edx, edx
        0x45, 0x31, 0xD2,                                // xor r10d, r10d
        0x45, 0x31, 0xC0,                                // xor r8d, r8d
        0x0F, 0x05,                                      // syscall
        0x48, 0x85, 0xC0,                                // test rax, rax
        0x74, 0x0E,                                      // je child
        0x48, 0x83, 0xC4, 0x30,                          // add rsp, 0x30
        0x41, 0x5F,                                      // pop r15
        0x41, 0x5E,                                      // pop r14
        0x41, 0x5D,                                      // pop r13
        0x41, 0x5C,                                      // pop r12
        0x5B,                                            // pop rbx
        0xC3,                                            // ret

        // Child: the runtime's handlers must not run here, so signals 31 .. 1 get their default action. The caller's stay: no CLONE_SIGHAND.
        0x31, 0xC0,                                      // xor eax, eax
        0x48, 0x89, 0x04, 0x24,                          // mov qword [rsp], rax
        0x48, 0x89, 0x44, 0x24, 0x08,                    // mov qword [rsp+0x8], rax
        0x48, 0x89, 0x44, 0x24, 0x10,                    // mov qword [rsp+0x10], rax
        0x48, 0x89, 0x44, 0x24, 0x18,                    // mov qword [rsp+0x18], rax
        0xBB, 0x1F, 0x00, 0x00, 0x00,                    // mov ebx, 31
        0xB8, 0x0D, 0x00, 0x00, 0x00,                    // mov eax, 13 (rt_sigaction)
        0x89, 0xDF,                                      // mov edi, ebx
        0x48, 0x89, 0xE6,                                // mov rsi, rsp
        0x31, 0xD2,                                      // xor edx, edx
        0x41, 0xBA, 0x08, 0x00, 0x00, 0x00,              // mov r10d, 0x8
        0x0F, 0x05,                                      // syscall
        0xFF, 0xCB,                                      // dec ebx
        0x75, 0xE8,                                      // jne rt_sigaction

        // The caller may block signals: unblock all.
        0xB8, 0x0E, 0x00, 0x00, 0x00,                    // mov eax, 14 (rt_sigprocmask)
        0xBF, 0x02, 0x00, 0x00, 0x00,                    // mov edi, 2 (SIG_SETMASK)
        0x48, 0x89, 0xE6,                                // mov rsi, rsp
        0x31, 0xD2,                                      // xor edx, edx
        0x41, 0xBA, 0x08, 0x00, 0x00, 0x00,              // mov r10d, 0x8
        0x0F, 0x05,                                      // syscall

        // RLIMIT_CORE of 1 byte suppresses core files, and core handlers on a pipe too.
        0xB8, 0xA0, 0x00, 0x00, 0x00,                    // mov eax, 160 (setrlimit)
        0xBF, 0x04, 0x00, 0x00, 0x00,                    // mov edi, 4 (RLIMIT_CORE)
        0x48, 0xC7, 0x04, 0x24, 0x01, 0x00, 0x00, 0x00,  // mov qword [rsp], 0x1
        0x48, 0xC7, 0x44, 0x24, 0x08, 0x01, 0x00, 0x00, 0x00, // mov qword [rsp+0x8], 0x1
        0x48, 0x89, 0xE6,                                // mov rsi, rsp
        0x0F, 0x05,                                      // syscall

        // SIGALRM ends an instruction that hangs.
        0xB8, 0x25, 0x00, 0x00, 0x00,                    // mov eax, 37 (alarm)
        0xBF, 0x02, 0x00, 0x00, 0x00,                    // mov edi, 2 (seconds)
        0x0F, 0x05,                                      // syscall

        // *result = f(a, b)
        0x4C, 0x89, 0xEF,                                // mov rdi, r13
        0x4C, 0x89, 0xF6,                                // mov rsi, r14
        0x41, 0xFF, 0xD4,                                // call r12
        0x49, 0x89, 0x07,                                // mov qword [r15], rax
        0xB8, 0xE7, 0x00, 0x00, 0x00,                    // mov eax, 231 (exit_group)
        0x31, 0xFF,                                      // xor edi, edi
        0x0F, 0x05,                                      // syscall
        0x0F, 0x0B,                                      // ud2
    ];
}
