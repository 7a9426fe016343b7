using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using PollScale.Native;

namespace PollScale.Tests.Native;

/// <summary>What PollScale.Native has of libc: its own imports, what it calls of Tmds.LibC, and the structs of both.</summary>
internal static class LibCSurface
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Assembly s_assembly = typeof(LibC).Assembly;

    /// <summary>Functions that PollScale.Native imports, with their names in C; some twice, with errno and without.</summary>
    public static IReadOnlyList<(string Name, MethodInfo Method)> Imported { get; } =
    [
        .. s_assembly.GetTypes()
            .SelectMany(type => type.GetMethods(All))
            .Where(method => method.Attributes.HasFlag(MethodAttributes.PinvokeImpl))
            .Select(method => (method.GetCustomAttribute<DllImportAttribute>()!.EntryPoint ?? method.Name, method)),
    ];

    /// <summary>Functions of Tmds.LibC that PollScale.Native calls; some have several signatures.</summary>
    public static IReadOnlyList<MethodInfo> Borrowed { get; } = [.. TmdsMembers().Where(method => !method.IsSpecialName)];

    /// <summary>Constants of Tmds.LibC that PollScale.Native reads: properties.</summary>
    public static IReadOnlyList<MethodInfo> BorrowedConstants { get; } = [.. TmdsMembers().Where(method => method.IsSpecialName)];

    /// <summary>Functions of Tmds.LibC that anybody may call.</summary>
    public static IReadOnlySet<string> Offered { get; } = Borrowed[0].DeclaringType!.GetMethods(BindingFlags.Public | BindingFlags.Static).Select(method => method.Name).ToHashSet();

    /// <summary>Structs: ours that are spelled as in C, those of Tmds.LibC that PollScale.Native uses, and whatever these and the functions consist of.</summary>
    public static IReadOnlyCollection<Type> Structs { get; } = FindStructs();

    // Members and types of other assemblies are named in the metadata only where code uses them.
    private static IEnumerable<MethodInfo> TmdsMembers() => FromMetadata(metadata => metadata.MemberReferences
        .Where(handle => metadata.GetMemberReference(handle).Parent is { Kind: HandleKind.TypeReference } parent && IsTmds(metadata, (TypeReferenceHandle)parent, "LibC"))
        .Select(handle => (MethodInfo)s_assembly.ManifestModule.ResolveMethod(MetadataTokens.GetToken(handle))!));

    private static IEnumerable<Type> TmdsTypes() => FromMetadata(metadata => metadata.TypeReferences
        .Where(handle => IsTmds(metadata, handle))
        .Select(handle => s_assembly.ManifestModule.ResolveType(MetadataTokens.GetToken(handle))));

    private static List<T> FromMetadata<T>(Func<MetadataReader, IEnumerable<T>> read)
    {
        using PEReader file = new(File.OpenRead(s_assembly.Location));
        return [.. read(file.GetMetadataReader())];
    }

    private static bool IsTmds(MetadataReader metadata, TypeReferenceHandle handle, string? name = null) => metadata.GetTypeReference(handle) is TypeReference type
        && metadata.StringComparer.Equals(type.Namespace, "Tmds.Linux") && (name is null || metadata.StringComparer.Equals(type.Name, name));

    private static HashSet<Type> FindStructs()
    {
        HashSet<Type> found = [];
        foreach (Type type in s_assembly.GetTypes().Where(type => char.IsLower(type.Name[0])).Concat(TmdsTypes()))
        {
            Add(type);
        }

        foreach (MethodInfo function in Imported.Select(import => import.Method).Concat(Borrowed))
        {
            Add(function.ReturnType);
            Array.ForEach(function.GetParameters(), parameter => Add(parameter.ParameterType));
        }

        return found;

        void Add(Type type)
        {
            while (type.HasElementType)
            {
                type = type.GetElementType()!;
            }

            if (type.IsValueType && !type.IsPrimitive && !type.IsNested && type != typeof(void) && found.Add(type))
            {
                Array.ForEach(type.GetFields(All), field => Add(field.FieldType));
            }
        }
    }
}
