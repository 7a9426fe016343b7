using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using PollScale.Native;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.Tests.Native;

/// <summary>libc as PollScale.Native sees it, through Tmds.LibC and on its own, against the system's headers.</summary>
public class LibCConformanceTests
{
    private static readonly string[] s_headers =
    [
        "errno.h", "fcntl.h", "linux/bpf.h", "linux/perf_event.h", "poll.h", "sched.h", "signal.h", "spawn.h", "stdio.h", "stdlib.h", "string.h", "sys/auxv.h", "sys/epoll.h", "sys/eventfd.h", "sys/file.h", "sys/io.h", "sys/ioctl.h",
        "sys/mman.h", "sys/prctl.h", "sys/random.h", "sys/resource.h", "sys/socket.h", "sys/stat.h", "sys/syscall.h", "sys/time.h", "sys/timerfd.h", "sys/types.h", "sys/un.h", "sys/wait.h", "termios.h", "time.h", "unistd.h",
    ];

    // Opaque: room that C must not outgrow.
    private static readonly Type[] s_rooms = [typeof(posix_spawn_file_actions_t), typeof(posix_spawnattr_t)];

    // The beginning of what is longer in C, or some of its fields.
    private static readonly Type[] s_parts = [typeof(perf_event_attr), typeof(perf_event_mmap_page)];

    // Beginnings of what one union in C is for several commands; the members that some of them are.
    private static readonly Dictionary<Type, string> s_commands = new()
    {
        [typeof(bpf_attr_map_create)] = "", [typeof(bpf_attr_map_elem)] = "", [typeof(bpf_attr_prog_load)] = "", [typeof(bpf_attr_test)] = "test.", [typeof(bpf_attr_raw_tracepoint)] = "raw_tracepoint.",
    };

    // Imported though Tmds.LibC has a function of the name.
    private static readonly Dictionary<string, string> s_reasons = new()
    {
        ["poll"] = "its import does not keep errno",
        ["ppoll"] = "its import does not keep errno",
        ["syscall"] = "its import keeps errno, and libc's own functions make the thread cancellable meanwhile: every wake-up of the daemon and every sleep of a guest would pay",
        ["ioctl"] = "a wrapper around its import, which keeps errno; every entry into a guest would pay for both",
    };

    // What the headers declare under the name is another function, or takes a type that C# has no name for.
    private static readonly string[] s_otherPrototype = ["strerror_r", "fdopen", "fclose"];

    [Fact]
    public void Constants_are_those_of_the_headers()
    {
        HeaderCheck check = new(s_headers);
        check.Constants(typeof(LibC), except: ["SIGRTMIN"], perhapsMissing: ["MADV_POPULATE_READ", "MADV_POPULATE_WRITE"]);
        foreach (Type type in LibCSurface.Structs.Where(type => type.Assembly == typeof(LibC).Assembly))
        {
            check.Constants(type);
        }

        foreach (MethodInfo constant in LibCSurface.BorrowedConstants)
        {
            check.Constant(constant.Name["get_".Length..], Convert.ToInt64(constant.Invoke(null, null), CultureInfo.InvariantCulture));
        }

        check.Require(atLeast: 140);
    }

    [Fact]
    public void The_first_real_time_signal_of_glibc_is_the_one_assumed() => Assert.Equal(LibC.SIGRTMIN, __libc_current_sigrtmin());

    [Fact]
    public void Every_structure_of_either_library_is_that_of_the_headers()
    {
        HeaderCheck check = new(s_headers);
        foreach (Type type in LibCSurface.Structs)
        {
            _ = s_rooms.Contains(type) ? check.Room(type, LibCNames.Of(type))
                : s_parts.Contains(type) ? check.Part(type, LibCNames.Of(type), LibCNames.Fields(type))
                : s_commands.TryGetValue(type, out string? member) ? check.Part(type, "union bpf_attr", LibCNames.Fields(type).ToDictionary(name => name.Key, name => name.Value.Length > 0 ? member + name.Value : ""))
                : type == typeof(cpu_set_t) ? check.Size(type, LibCNames.Of(type))
                : check.Struct(type, LibCNames.Of(type), names: LibCNames.Fields(type));
        }

        check.Require(atLeast: 80);
    }

    [Theory]
    [InlineData("timespec")]
    [InlineData("cpu_set_t")]
    [InlineData("posix_spawnattr_t")]
    [InlineData("epoll_event")]
    [InlineData("epoll_data_t")]
    [InlineData("flock")]
    [InlineData("sockaddr_un")]
    [InlineData("sigaction")]
    [InlineData("statx")]
    [InlineData("termios")]
    [InlineData("size_t")]
    public void Structures_are_found_wherever_they_are_declared(string name) => Assert.Contains(name, LibCSurface.Structs.Select(type => type.Name));

    [Fact]
    public void Every_function_can_be_called_as_it_is_declared_here()
    {
        Assert.SkipUnless(CCompiler.Missing is null, CCompiler.Missing ?? "");
        StringBuilder source = new("#define _GNU_SOURCE\n");
        source.AppendJoin("", s_headers.Select(header => $"#include <{header}>\n"));
        int functions = 0;
        foreach ((string name, MethodInfo function) in LibCSurface.Imported.Concat(LibCSurface.Borrowed.Select(function => (function.Name, function))))
        {
            if (!s_otherPrototype.Contains(name))
            {
                source.Append(Caller(name, function, ++functions));
            }
        }

        string path = Path.Combine(CCompiler.OutputDirectory, "functions.c");
        File.WriteAllText(path, source.ToString());
        (int status, _, string error) = CCompiler.Run("gcc", ["-fsyntax-only", "-Werror", "-Wall", "-Wconversion", "-Wno-sign-conversion", "-Wno-unused-function", "-Wno-nonnull", path]);
        Assert.True(status == 0, error);
        Assert.True(functions >= 80, $"only {functions} functions were compared");
    }

    [Fact]
    public void What_Tmds_LibC_has_right_goes_through_it() =>
        Assert.Equal(s_reasons.Keys.Order(), LibCSurface.Imported.Select(import => import.Name).Distinct().Where(LibCSurface.Offered.Contains).Order());

    [Fact]
    public unsafe void Poll_keeps_errno_here()
    {
        Assert.Equal(-1, LibC.poll(null, nuint.MaxValue, 0));
        Assert.Equal(LibC.EINVAL, LibC.errno);
        Assert.Equal(-1, LibC.ppoll((pollfd*)1, 1, null, null));
        Assert.Equal(LibC.EFAULT, LibC.errno);
    }

    [Fact]
    public void One_library_is_named()
    {
        string library = Assert.Single(LibCSurface.Imported.Select(import => import.Method)
            .Concat(LibCSurface.Borrowed.Where(function => function.Attributes.HasFlag(MethodAttributes.PinvokeImpl)))
            .Select(function => function.GetCustomAttribute<DllImportAttribute>()!.Value)
            .Distinct());
        Assert.Equal("libc.so.6", library);
    }

    [Theory]
    [InlineData(LibC.ENOENT, "No such file or directory")]
    [InlineData(99999, "Unknown error 99999")]
    public void Error_numbers_have_the_systems_sentences(int error, string sentence) => Assert.Equal(sentence, LibC.strerror(error));

    [Fact]
    public void A_string_of_any_length_reaches_the_kernel_whole()
    {
        // Around what a call keeps on its stack, with characters of several bytes.
        foreach (int length in (int[])[1, 84, 85, 86, 255, 256, 257, 2000])
        {
            Assert.Equal(-1, LibC.open($"/nowhere/{new string('ä', length)}", LibC.O_RDONLY));
            Assert.Equal(LibC.ENOENT, LibC.errno);
        }

        Assert.Equal(-1, LibC.open($"/{new string('ä', 128)}", LibC.O_RDONLY));
        Assert.Equal(LibC.ENAMETOOLONG, LibC.errno);
        Assert.Equal(-1, LibC.open($"/{new string('ä', 127)}", LibC.O_RDONLY));
        Assert.Equal(LibC.ENOENT, LibC.errno);
    }

    // Wrong: another number of arguments, a number for a pointer, a number too wide, another width of what is returned.
    private static string Caller(string name, MethodInfo function, int number)
    {
        ParameterInfo[] parameters = function.GetParameters();
        string declared = parameters.Length == 0 ? "void" : string.Join(", ", parameters.Select((parameter, i) => $"{LibCNames.Of(parameter.ParameterType)} a{i}"));
        string call = $"{name}({string.Join(", ", parameters.Select((_, i) => $"a{i}"))})";
        string result = LibCNames.Of(function.ReturnType);
        return function.ReturnType == typeof(void)
            ? $"static void f{number}({declared}) {{ {call}; }}\n"
            : $"static {result} f{number}({declared}) {{ _Static_assert(sizeof({call}) == sizeof({result}), \"{name}\"); return {call}; }}\n";
    }

    [DllImport("libc")]
    private static extern int __libc_current_sigrtmin();
}
