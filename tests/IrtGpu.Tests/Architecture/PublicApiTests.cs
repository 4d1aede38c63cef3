using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Kernels.Backend;
using IrtGpu.Models;

namespace IrtGpu.Tests.Architecture;

/// <summary>
/// What other programs can call, line by line, in <c>Architecture/api</c>: a change of it is meant, or it is a mistake. After a change that
/// is meant, run these tests with <c>IRTGPU_ACCEPT_API=1</c> and commit the files.
/// </summary>
public sealed class PublicApiTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static TheoryData<string> Assemblies => [.. Surfaces().Select(assembly => assembly.GetName().Name!)];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void The_public_surface_is_the_one_on_record(string name)
    {
        string[] actual = [.. Surfaces().Single(assembly => assembly.GetName().Name == name).GetExportedTypes().SelectMany(Describe).Distinct().Order(StringComparer.Ordinal)];
        string path = Path.Combine(Folder(), name + ".txt");
        if (Environment.GetEnvironmentVariable("IRTGPU_ACCEPT_API") is { Length: > 0 })
            File.WriteAllLines(path, actual);
        string[] recorded = File.ReadAllLines(path);
        string[] differences = [.. actual.Except(recorded).Select(line => "+ " + line), .. recorded.Except(actual).Select(line => "- " + line)];
        Assert.True(differences.Length == 0, $"The public surface of {name} has changed; see CONTRIBUTING.\n{string.Join('\n', differences)}");
    }

    [Fact]
    public void A_surface_lists_types_with_their_members() =>
        Assert.Contains(typeof(Calibration).Assembly.GetExportedTypes().SelectMany(Describe), line => line.StartsWith("IrtGpu.Calibration.Run(", StringComparison.Ordinal));

    private static Assembly[] Surfaces() =>
    [
        typeof(IItemModel).Assembly, typeof(Termination).Assembly, typeof(Calibration).Assembly, typeof(Regression.MixedModel).Assembly, typeof(AcceleratorProvider).Assembly,
        typeof(IrtGpu.Reports.HtmlReport).Assembly,
    ];

    private static IEnumerable<string> Describe(Type type)
    {
        string name = NameOf(type);
        yield return $"{(type.IsInterface ? "interface" : type.IsEnum ? "enum" : type.IsValueType ? "struct" : "class")} {name}"
            + (type.BaseType is { } parent && parent != typeof(object) && !type.IsValueType ? $" : {NameOf(parent)}" : "");
        foreach (MemberInfo member in type.GetMembers(Declared))
        {
            string? line = member switch
            {
                ConstructorInfo { IsStatic: false } made when IsVisible(made) => $"{name}({Parameters(made)})",
                MethodInfo method when IsVisible(method) && !method.IsSpecialName && !method.Name.StartsWith('<') =>
                    $"{name}.{method.Name}{Generics(method)}({Parameters(method)}) : {NameOf(method.ReturnType)}",
                PropertyInfo property when property.GetAccessors(nonPublic: true).Any(IsVisible) =>
                    $"{name}.{property.Name} : {NameOf(property.PropertyType)} {{{string.Join(' ', property.GetAccessors(nonPublic: true).Where(IsVisible).Select(accessor => accessor == property.GetMethod ? "get" : "set"))}}}",
                FieldInfo field when field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly =>
                    $"{name}.{field.Name} : {NameOf(field.FieldType)}{(field.IsLiteral ? FormattableString.Invariant($" = {field.GetRawConstantValue()}") : "")}",
                _ => null,
            };
            if (line is not null)
                yield return line;
        }
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Generics(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{NameOf(parameter.ParameterType)} {parameter.Name}{(parameter.IsOptional ? "?" : "")}"));

    private static string NameOf(Type type)
    {
        if (type.IsGenericParameter)
            return type.Name;
        if (type.HasElementType)
            return NameOf(type.GetElementType()!) + (type.IsArray ? "[]" : type.IsByRef ? "&" : "*");
        StringBuilder name = new(type.FullName is null || type.IsConstructedGenericType ? $"{type.Namespace}.{type.Name}" : type.FullName);
        if (type.IsGenericType)
            name.Append('<').AppendJoin(", ", type.GetGenericArguments().Select(NameOf)).Append('>');
        return name.ToString();
    }

    private static string Folder([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "api");
}
