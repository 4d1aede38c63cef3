using ILGPU;

namespace IrtGpu.Kernels.EStep;

/// <summary>What the threads of a group find together, in an order that depends on the size of the group alone; every thread of the group has to ask.</summary>
internal static class GroupReductions
{
    /// <summary>Most threads of a group that asks.</summary>
    public const int MostThreads = 128;

    /// <summary>The largest value that neighbouring threads have.</summary>
    /// <param name="shared">A number a thread.</param>
    /// <param name="lanes">Neighbours that ask together, a power of two.</param>
    /// <param name="own">The thread's value.</param>
    public static double Largest(ArrayView<double> shared, int lanes, double own)
    {
        int lane = Group.IdxX % lanes;
        shared[Group.IdxX] = own;
        Group.Barrier();
        for (int half = lanes / 2; half > 0; half /= 2)
        {
            if (lane < half)
            {
                double other = shared[Group.IdxX + half];
                if (other > shared[Group.IdxX])
                    shared[Group.IdxX] = other;
            }

            Group.Barrier();
        }

        double largest = shared[Group.IdxX - lane];
        Group.Barrier(); // before the next question overwrites it
        return largest;
    }

    /// <summary>The sum over the group, whose threads are a power of two, as a tree.</summary>
    /// <param name="shared">A number a thread.</param>
    /// <param name="own">The thread's number.</param>
    public static double Sum(ArrayView<double> shared, double own)
    {
        shared[Group.IdxX] = own;
        Group.Barrier();
        for (int half = Group.DimX / 2; half > 0; half /= 2)
        {
            if (Group.IdxX < half)
                shared[Group.IdxX] += shared[Group.IdxX + half];
            Group.Barrier();
        }

        double sum = shared[0];
        Group.Barrier(); // before the next question overwrites it
        return sum;
    }
}
