using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;

namespace IrtGpu.Tests.Architecture;

/// <summary>What types refer to: in their bases, members' signatures, attributes and method bodies. Constants leave no trace.</summary>
internal static class TypeReferences
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodeOf = typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    /// <summary>Every type that a type mentions, without parameters, arrays and other constructions.</summary>
    public static HashSet<Type> Of(Type type)
    {
        HashSet<Type> found = [];
        Add(found, type.BaseType);
        foreach (Type contract in type.GetInterfaces())
            Add(found, contract);
        AddAttributes(found, type);
        AddConstraints(found, type.IsGenericTypeDefinition ? type.GetGenericArguments() : []);
        foreach (FieldInfo field in type.GetFields(Declared))
        {
            Add(found, field.FieldType);
            AddAttributes(found, field);
        }
        foreach (MethodBase method in type.GetMethods(Declared).Concat<MethodBase>(type.GetConstructors(Declared)))
        {
            AddSignature(found, method);
            AddAttributes(found, method);
            if (method.GetMethodBody() is { } body)
                AddBody(found, method, body);
        }
        return found;
    }

    private static void AddBody(HashSet<Type> found, MethodBase method, MethodBody body)
    {
        foreach (LocalVariableInfo local in body.LocalVariables)
            Add(found, local.LocalType);
        foreach (ExceptionHandlingClause clause in body.ExceptionHandlingClauses)
            Add(found, clause.Flags == ExceptionHandlingClauseOptions.Clause ? clause.CatchType : null);
        Type[] ofType = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : [];
        Type[] ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : [];
        ReadOnlySpan<byte> code = body.GetILAsByteArray();
        while (code.Length > 0)
        {
            bool isLong = code[0] == 0xFE;
            OpCode instruction = OpCodeOf[isLong ? (short)(0xFE00 | code[1]) : code[0]];
            code = code[(isLong ? 2 : 1)..];
            if (instruction.OperandType is OperandType.InlineType or OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineTok)
                AddMember(found, method.Module.ResolveMember(BinaryPrimitives.ReadInt32LittleEndian(code), ofType, ofMethod)!);
            code = code[LengthOf(instruction.OperandType, code)..];
        }
    }

    private static int LengthOf(OperandType operand, ReadOnlySpan<byte> code) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + 4 * BinaryPrimitives.ReadInt32LittleEndian(code),
        _ => 4,
    };

    private static void AddMember(HashSet<Type> found, MemberInfo member)
    {
        Add(found, member as Type ?? member.DeclaringType);
        if (member is FieldInfo field)
            Add(found, field.FieldType);
        if (member is MethodBase method)
            AddSignature(found, method);
    }

    private static void AddSignature(HashSet<Type> found, MethodBase method)
    {
        foreach (ParameterInfo parameter in method.GetParameters())
            Add(found, parameter.ParameterType);
        Add(found, (method as MethodInfo)?.ReturnType);
        if (!method.IsGenericMethod)
            return;
        foreach (Type argument in method.GetGenericArguments())
            Add(found, argument);
        AddConstraints(found, method.GetGenericArguments());
    }

    private static void AddConstraints(HashSet<Type> found, Type[] parameters)
    {
        foreach (Type constraint in parameters.Where(parameter => parameter.IsGenericParameter).SelectMany(parameter => parameter.GetGenericParameterConstraints()))
            Add(found, constraint);
    }

    private static void AddAttributes(HashSet<Type> found, MemberInfo member)
    {
        foreach (CustomAttributeData attribute in member.GetCustomAttributesData())
            Add(found, attribute.AttributeType);
    }

    private static void Add(HashSet<Type> found, Type? type)
    {
        if (type is null || type.IsGenericParameter)
            return;
        if (type.HasElementType)
        {
            Add(found, type.GetElementType());
            return;
        }
        found.Add(type.IsGenericType ? type.GetGenericTypeDefinition() : type);
        foreach (Type argument in type.GetGenericArguments())
            Add(found, argument);
    }
}
