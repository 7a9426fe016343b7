using System.Reflection;
using System.Runtime.CompilerServices;

namespace PollScale.Tests.Native;

/// <summary>What C calls the types and fields of <see cref="LibCSurface"/>.</summary>
internal static class LibCNames
{
    /// <summary>A C# type as C declares it.</summary>
    public static string Of(Type type) => type switch
    {
        { IsPointer: true } => "void *",
        _ when type == typeof(void) => "void",
        _ when type == typeof(int) => "int",
        _ when type == typeof(uint) => "unsigned",
        _ when type == typeof(short) => "short",
        _ when type == typeof(long) || type == typeof(nint) => "long",
        _ when type == typeof(ulong) || type == typeof(nuint) => "unsigned long",
        { IsPrimitive: true } => throw new NotSupportedException($"No import takes {type} so far: say what it is in C."),
        _ => type.Name switch
        {
            "long_t" or "syscall_arg" => "long",
            "ulong_t" => "unsigned long",
            string name when name.EndsWith("_t", StringComparison.Ordinal) => name,
            string name => $"struct {name}",
        },
    };

    /// <summary>Names of a struct's fields in C; none for what is private there or here.</summary>
    public static Dictionary<string, string> Fields(Type type) => type
        .GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        .ToDictionary(field => field.Name, Name);

    private static string Name(FieldInfo field) =>
        field.IsDefined(typeof(CompilerGeneratedAttribute)) ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)]
        : field.IsPublic ? field.Name
        : "";
}
