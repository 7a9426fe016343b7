using System.Reflection;
using System.Reflection.Emit;

namespace PollScale.Tests.Shared;

/// <summary>Which types a compiled type uses: in its signatures and in its method bodies.</summary>
internal static class TypeUses
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> s_opCodes = typeof(OpCodes).GetFields()
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    /// <summary>The types that <paramref name="type"/> uses.</summary>
    public static HashSet<Type> Of(Type type)
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

    /// <summary>The types whose constructors <paramref name="type"/> calls.</summary>
    public static HashSet<Type> Made(Type type) => [.. type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All))
        .SelectMany(Tokens).Where(token => token.Code == OpCodes.Newobj).Select(token => token.Member!.DeclaringType!)];

    private static IEnumerable<Type> Body(MethodBase method)
    {
        foreach (LocalVariableInfo local in method.GetMethodBody()?.LocalVariables ?? [])
        {
            yield return local.LocalType;
        }

        foreach ((_, MemberInfo? member) in Tokens(method))
        {
            if ((member as Type ?? member?.DeclaringType) is Type type)
            {
                yield return type;
            }
        }
    }

    private static IEnumerable<(OpCode Code, MemberInfo? Member)> Tokens(MethodBase method)
    {
        MethodBody? body = method.GetMethodBody();
        if (body?.GetILAsByteArray() is not byte[] il)
        {
            yield break;
        }

        for (int i = 0; i < il.Length;)
        {
            OpCode code = s_opCodes[il[i] == 0xFE ? (short)(0xFE00 | il[i + 1]) : il[i]];
            i += code.Size;
            if (code.OperandType is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType)
            {
                Type[]? ofType = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
                Type[]? ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : null;
                yield return (code, method.Module.ResolveMember(BitConverter.ToInt32(il, i), ofType, ofMethod));
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
