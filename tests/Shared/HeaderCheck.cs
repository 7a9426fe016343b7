using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace PollScale.Tests.Shared;

/// <summary>A C program of static assertions, built by reflection over C# types, that only compiles where the system's headers agree.</summary>
internal sealed class HeaderCheck
{
    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private readonly StringBuilder _source = new("#define _GNU_SOURCE\n#include <stddef.h>\n");

    /// <summary>Assertions made.</summary>
    public int Count { get; private set; }

    public HeaderCheck(params string[] headers)
    {
        foreach (string header in headers)
        {
            _source.Append(CultureInfo.InvariantCulture, $"#include <{header}>\n");
        }
    }

    /// <summary>A C# struct equals a C type: size, and offset and size of every field.</summary>
    /// <param name="type">The C# struct.</param>
    /// <param name="c">The C type.</param>
    /// <param name="member">Member of the C type that the struct mirrors, or null for the whole.</param>
    /// <param name="names">C names of fields that are named otherwise; an empty name leaves the field out.</param>
    public HeaderCheck Struct(Type type, string c, string? member = null, Dictionary<string, string>? names = null)
    {
        string within = member is null ? "" : member + ".";
        string start = member is null ? "0" : $"offsetof({c}, {member})";
        Assert(member is null ? $"sizeof({c})" : $"sizeof((({c} *)0)->{member})", Marshal.SizeOf(type), $"sizeof {type.Name}");
        return Members(type, c, within, start, names);
    }

    /// <summary>The fields of a C# struct are some of a C type's, which may have more.</summary>
    /// <param name="type">The C# struct.</param>
    /// <param name="c">The C type.</param>
    /// <param name="names">As of <see cref="Struct"/>.</param>
    public HeaderCheck Part(Type type, string c, Dictionary<string, string>? names = null)
    {
        Count++;
        _source.Append(CultureInfo.InvariantCulture, $"_Static_assert(sizeof({c}) >= {Marshal.SizeOf(type)}u, \"{c} is no part\");\n");
        return Members(type, c, "", "0", names);
    }

    private HeaderCheck Members(Type type, string c, string within, string start, Dictionary<string, string>? names)
    {
        foreach (FieldInfo field in type.GetFields(Fields))
        {
            string name = names?.GetValueOrDefault(field.Name) ?? field.Name;
            if (name.Length > 0)
            {
                Assert($"offsetof({c}, {within}{name}) - {start}", Marshal.OffsetOf(type, field.Name), $"{type.Name}.{field.Name}");
                Assert($"sizeof((({c} *)0)->{within}{name})", SizeOf(field.FieldType), $"sizeof {type.Name}.{field.Name}");
            }
        }

        return this;
    }

    /// <summary>The size alone.</summary>
    public HeaderCheck Size(Type type, string c)
    {
        Assert($"sizeof({c})", Marshal.SizeOf(type), $"sizeof {type.Name}");
        return this;
    }

    /// <summary>A C# struct has room for a C type.</summary>
    public HeaderCheck Room(Type type, string c)
    {
        Count++;
        _source.Append(CultureInfo.InvariantCulture, $"_Static_assert(sizeof({c}) <= {Marshal.SizeOf(type)}u, \"room for {c}\");\n");
        return this;
    }

    /// <summary>Every constant or enum value of a C# type equals the C constant of its name.</summary>
    /// <param name="type">The C# type.</param>
    /// <param name="prefix">Of the C names.</param>
    /// <param name="except">Names that are no C constants.</param>
    /// <param name="perhapsMissing">Names older headers lack.</param>
    public HeaderCheck Constants(Type type, string prefix = "", string[]? except = null, string[]? perhapsMissing = null)
    {
        foreach (FieldInfo field in type.GetFields(BindingFlags.Static | BindingFlags.Public).Where(f => f.IsLiteral && except?.Contains(f.Name) != true))
        {
            object value = field.GetRawConstantValue()!;
            long number = value is ulong big ? (long)big : Convert.ToInt64(value, CultureInfo.InvariantCulture);
            bool optional = perhapsMissing?.Contains(field.Name) == true;
            _source.Append(optional ? $"#ifdef {prefix}{field.Name}\n" : "");
            Constant(prefix + field.Name, number);
            _source.Append(optional ? "#endif\n" : "");
        }

        return this;
    }

    /// <summary>One constant, compared in its low 32 bits: headers differ in the sign of flags with the highest bit.</summary>
    public HeaderCheck Constant(string name, long value)
    {
        Assert($"(unsigned)({name})", unchecked((uint)value), name);
        return this;
    }

    /// <summary>Compiles.</summary>
    /// <returns>The compiler's complaints, or null when all agrees.</returns>
    public string? Complaints()
    {
        string path = Path.Combine(CCompiler.OutputDirectory, $"headers-{Guid.NewGuid():n}.c");
        File.WriteAllText(path, _source.ToString());
        (int status, _, string error) = CCompiler.Run("gcc", ["-fsyntax-only", path]);
        return status == 0 ? null : error;
    }

    /// <summary>Fails the test where something disagrees, or too little was compared; skips it where a compiler or its headers are missing.</summary>
    /// <param name="atLeast">Assertions there must be.</param>
    public void Require(int atLeast)
    {
        Xunit.Assert.SkipUnless(CCompiler.Missing is null, CCompiler.Missing ?? "");
        string? complaints = Complaints();
        Xunit.Assert.SkipWhen(complaints?.Contains("No such file or directory", StringComparison.Ordinal) == true, $"Kernel headers are missing: {complaints}");
        Xunit.Assert.True(complaints is null, complaints);
        Xunit.Assert.True(Count >= atLeast, $"only {Count} assertions were made");
    }

    private static int SizeOf(Type type) => type.IsPointer ? nint.Size : Marshal.SizeOf(type.IsEnum ? Enum.GetUnderlyingType(type) : type);

    private void Assert(string expression, long value, string what)
    {
        Count++;
        _source.Append(CultureInfo.InvariantCulture, $"_Static_assert({expression} == {value}u, \"{what}\");\n");
    }
}
