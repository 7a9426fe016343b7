using System.Reflection;
using System.Reflection.Emit;
using PollScale.Native;
using Xunit;

namespace PollScale.Tests;

public class ArchitectureTests
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<string, string[]> s_allowed = new()
    {
        ["PollScale.Hypercall"] = [],
        ["PollScale.Memif"] = [],
        ["PollScale.Telemetry"] = [],
        ["PollScale.Clock"] = ["PollScale.Hypercall", "PollScale.Native"],
        ["PollScale.Polling"] = ["PollScale.Clock", "PollScale.Hypercall"],
        ["PollScale.Governors"] = ["PollScale.Polling", "PollScale.Hypercall"],
        ["PollScale.Transports"] = ["PollScale.Hypercall", "PollScale.Native"],
    };

    // PacketRegion maps a file, which needs libc, and shows the telemetry block that lies in it; the layouts themselves stay apart.
    private static readonly HashSet<(string Type, string Room)> s_exceptions =
    [
        ("PollScale.Memif.PacketRegion", "PollScale.Native"),
        ("PollScale.Memif.PacketRegion", "PollScale.Telemetry"),
    ];

    private static readonly Dictionary<short, OpCode> s_opCodes = typeof(OpCodes).GetFields()
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    [Fact]
    public void Sdk_references_nothing_of_ours_but_sdk_native() => Assert.Equal(["PollScale.Native"], Ours(typeof(LcoreScaler).Assembly));

    [Fact]
    public void Sdk_native_references_nothing_of_ours() => Assert.Empty(Ours(typeof(CodePage).Assembly));

    [Fact]
    public void Rooms_use_only_the_rooms_before_them()
    {
        List<string> breaches = [];
        foreach (Type type in typeof(LcoreScaler).Assembly.GetTypes())
        {
            if (!s_allowed.TryGetValue(Room(type), out string[]? allowed))
            {
                continue;
            }

            breaches.AddRange(Uses(type)
                .Where(used => Room(used).StartsWith("PollScale", StringComparison.Ordinal) && Room(used) != Room(type) && !allowed.Contains(Room(used)) && !s_exceptions.Contains((type.FullName!, Room(used))))
                .Select(used => $"{type.FullName} uses {used.FullName}"));
        }

        Assert.Empty(breaches.Distinct());
    }

    [Fact]
    public void Every_room_of_the_sdk_is_listed() => Assert.Empty(typeof(LcoreScaler).Assembly.GetTypes()
        .Select(Room)
        .Where(room => room.StartsWith("PollScale.", StringComparison.Ordinal) && !s_allowed.ContainsKey(room))
        .Distinct());

    [Fact]
    public void The_scan_sees_what_method_bodies_use() => Assert.Contains(typeof(PollScale.Transports.TransportProbe), Uses(typeof(LcoreScaler)));

    private static IEnumerable<string?> Ours(Assembly assembly) => assembly.GetReferencedAssemblies()
        .Select(name => name.Name)
        .Where(name => !name!.StartsWith("System", StringComparison.Ordinal) && !name.StartsWith("Microsoft", StringComparison.Ordinal));

    private static string Room(Type type) => type.Namespace ?? "";

    private static HashSet<Type> Uses(Type type)
    {
        HashSet<Type> used = [];
        Add(type.BaseType);
        Array.ForEach(type.GetInterfaces(), Add);
        foreach (FieldInfo field in type.GetFields(All))
        {
            Add(field.FieldType);
        }

        foreach (MethodBase method in type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)))
        {
            Array.ForEach(method.GetParameters(), parameter => Add(parameter.ParameterType));
            Add((method as MethodInfo)?.ReturnType);
            foreach (Type token in Body(method))
            {
                Add(token);
            }
        }

        return used;

        void Add(Type? candidate)
        {
            while (candidate?.HasElementType == true)
            {
                candidate = candidate.GetElementType();
            }

            if (candidate is null)
            {
                return;
            }

            used.Add(candidate);
            Array.ForEach(candidate.IsGenericType ? candidate.GetGenericArguments() : [], Add);
        }
    }

    private static IEnumerable<Type> Body(MethodBase method)
    {
        MethodBody? body = method.GetMethodBody();
        if (body?.GetILAsByteArray() is not byte[] il)
        {
            yield break;
        }

        foreach (LocalVariableInfo local in body.LocalVariables)
        {
            yield return local.LocalType;
        }

        for (int i = 0; i < il.Length;)
        {
            OpCode code = s_opCodes[il[i] == 0xFE ? (short)(0xFE00 | il[i + 1]) : il[i]];
            i += code.Size;
            if (code.OperandType is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType)
            {
                Type[]? ofType = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
                Type[]? ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : null;
                MemberInfo? member = method.Module.ResolveMember(BitConverter.ToInt32(il, i), ofType, ofMethod);
                if ((member as Type ?? member?.DeclaringType) is Type type)
                {
                    yield return type;
                }
            }

            i += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(il, i)),
                _ => 4,
            };
        }
    }
}
