using System.Buffers;
using System.ComponentModel;
using System.Reflection;
using System.Text;

namespace IrtGpu.Tests.Architecture;

/// <summary>One specimen for every place where an arrow can stand.</summary>
public sealed class TypeReferencesTests
{
    [Theory]
    [InlineData(typeof(Base), typeof(WarningException))]
    [InlineData(typeof(Contract), typeof(IPinnable))]
    [InlineData(typeof(Field), typeof(StringBuilder))]
    [InlineData(typeof(Parameter), typeof(StringBuilder))]
    [InlineData(typeof(Body), typeof(Encoding))]
    [InlineData(typeof(Argument), typeof(StringBuilder))]
    [InlineData(typeof(Constraint<>), typeof(IPinnable))]
    [InlineData(typeof(Lambda), typeof(Encoding))]
    [InlineData(typeof(Catch), typeof(EncoderFallbackException))]
    [InlineData(typeof(Mark), typeof(EditorBrowsableAttribute))]
    public void An_arrow_is_seen_wherever_it_stands(Type from, Type to) =>
        Assert.Contains(to, from.GetNestedTypes(BindingFlags.NonPublic).Append(from).SelectMany(TypeReferences.Of));

    private sealed class Base : WarningException;

    private abstract class Contract : IPinnable
    {
        public abstract MemoryHandle Pin(int elementIndex);

        public abstract void Unpin();
    }

    private sealed class Field
    {
        public List<StringBuilder?[]> Value = [];
    }

    private static class Parameter
    {
        public static void Take(ref StringBuilder[] builders) => ArgumentNullException.ThrowIfNull(builders);
    }

    private static class Body
    {
        public static int Call() => Encoding.UTF8.CodePage;
    }

    private static class Argument
    {
        public static int Create() => Array.Empty<StringBuilder>().Length;
    }

    private static class Constraint<T>
        where T : IPinnable;

    private static class Lambda
    {
        public static Func<int> Create() => () => Encoding.UTF8.CodePage;
    }

    private static class Catch
    {
        public static void Swallow(Action action)
        {
            try
            {
                action();
            }
            catch (EncoderFallbackException)
            {
                return;
            }
        }
    }

    [EditorBrowsable]
    private static class Mark;
}
