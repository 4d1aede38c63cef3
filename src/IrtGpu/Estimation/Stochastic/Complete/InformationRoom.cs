using IrtGpu.Estimation.Stochastic.Persons;
using IrtGpu.Foundation.LinearAlgebra;

namespace IrtGpu.Estimation.Stochastic.Complete;

/// <summary>Matrices that the information of a block is made in.</summary>
internal sealed unsafe class InformationRoom : IDisposable
{
    private const int Lane = 8;

    /// <summary>Makes room.</summary>
    /// <param name="parameterCount">Free parameters of the block.</param>
    /// <param name="nodes">Nodes at once, two at least.</param>
    /// <param name="turns">Turns that means are kept of.</param>
    /// <param name="withCrossProduct">Whether the cross-product of scores is wanted.</param>
    public InformationRoom(int parameterCount, int nodes, int turns, bool withCrossProduct)
    {
        Order = (parameterCount + Lane - 1) / Lane * Lane;
        int stride = Order % 512 == 0 ? Order + Lane : Order; // rows a multiple of a page apart would share few places of the cache
        Centre = new AlignedMatrix(Order, PersonTile.Size);
        Columns = [.. Enumerable.Range(0, nodes).Select(_ => new AlignedMatrix(Order, PersonTile.Size))];
        Rows = [.. Enumerable.Range(0, nodes).Select(_ => new AlignedMatrix(PersonTile.Size, stride))];
        Means = [.. Enumerable.Range(0, turns).Select(_ => new AlignedMatrix(Order, PersonTile.Size))];
        Products = new AlignedMatrix(Order, stride);
        Crossed = new AlignedMatrix(withCrossProduct ? Order : 1, stride);
    }

    /// <summary>Number of parameters, padded.</summary>
    public int Order { get; }

    /// <summary>Gradients at the modes. [parameter, lane]</summary>
    public AlignedMatrix Centre { get; }

    /// <summary>What they are off by at a node, times the root of its weight. [node at once][parameter, lane]</summary>
    public AlignedMatrix[] Columns { get; }

    /// <summary>The same. [node at once][lane, parameter]</summary>
    public AlignedMatrix[] Rows { get; }

    /// <summary>Their means over a turn, times the root of the persons' weights. [turn][parameter, lane]</summary>
    public AlignedMatrix[] Means { get; }

    /// <summary>Lower triangle of what comes to be the missing information. [parameter, parameter]</summary>
    public AlignedMatrix Products { get; }

    /// <summary>Lower triangle of the cross-product of scores. [parameter, parameter]</summary>
    public AlignedMatrix Crossed { get; }

    /// <summary>Turns columns into rows.</summary>
    /// <param name="columns">[parameter, lane]</param>
    /// <param name="rows">Receives them. [lane, parameter]</param>
    /// <param name="factor">What they are multiplied by.</param>
    public void Transpose(AlignedMatrix columns, AlignedMatrix rows, double factor)
    {
        for (int first = 0; first < Order; first += Lane)
        {
            double* from = columns.Row(first);
            for (int lane = 0; lane < PersonTile.Size; lane++)
            {
                double* to = rows.Row(lane) + first;
                for (int k = 0; k < Lane; k++)
                    to[k] = factor * from[k * PersonTile.Size + lane];
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (AlignedMatrix matrix in (AlignedMatrix[])[Centre, .. Columns, .. Rows, .. Means, Products, Crossed])
            matrix.Dispose();
    }
}
