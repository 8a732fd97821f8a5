"""The words in which Python, torch, NumPy and our side of a student's process say what went wrong: their messages, run
together. A message in these words alone is nothing that a submission made up."""

import re

TOKEN = re.compile(r"[A-Za-z_]+|\d+")

PYTHON = """
    division by zero; float division; integer division or modulo by zero; list index out of range; string index;
    tuple assignment; pop from empty list; max() iterable argument is empty; min() arg is an empty sequence; not
    enough values to unpack (expected 2, got 1); too many values to unpack; unsupported operand type(s) for +: 'int'
    and 'NoneType'; 'NoneType' object is not subscriptable, callable, iterable; object of type 'float' has no len();
    name is not defined; cannot access local variable where it is not associated with a value; local variable
    referenced before assignment; has no attribute; missing required positional argument; missing keyword-only
    arguments; got an unexpected keyword argument; takes positional arguments but were given; got multiple values;
    maximum recursion depth exceeded in comparison while calling a Python object; math domain error; math range
    error; expected a positive input; can't multiply sequence by non-int; slice indices must be integers or None or
    have an __index__ method; list indices must be integers or slices, not; cannot be interpreted as an integer;
    zip() is shorter than; range() step must not be zero; setting an array element with a sequence; can only
    concatenate, convert, be converted to; bool str dict set complex bytes function method
    builtin_function_or_method generator module; negative dimension; non-negative; dictionary changed size during
    iteration; bad operand type for unary; not supported between instances of
"""
TORCH = """
    The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1; The expanded size of
    the tensor must match the existing size. Target sizes: [3]. Tensor sizes: [4]; mat1 and mat2 shapes cannot be
    multiplied (3x4 and 5x6); shape '[3, 4]' is invalid for input of size 20; Dimension out of range (expected to be
    in range of [-2, 1], but got 2); inconsistent tensor size, expected tensor [3] and src [4] to have the same
    number of elements, but got; vector, matrix; batch1 batch2 must be D tensors; Expected size for first two
    dimensions of batch2 tensor to be; size mismatch, got input, mat, vec; Sizes of tensors must match except in
    dimension. Expected but got for tensor number in the list; Tensors must have same number of dimensions: got and;
    stack expects each tensor to be equal size, but got at entry; index is out of bounds for dimension with size;
    index out of range in self; too many indices for tensor of dimension; The shape of the mask at index does not
    match the shape of the indexed tensor; shape mismatch: indexing tensors could not be broadcast together with
    shapes, value tensor cannot be broadcast to indexing result; tensors used as indices must be long, int, byte or
    bool tensors; only integer tensors of a single element can be converted to an index; only one element tensors
    can be converted to Python scalars; a Tensor with elements cannot be converted to Scalar; Boolean value of
    Tensor with more than one value is ambiguous; expected scalar type Float, Double, Half, Long, Int, Bool but
    found; expected m1 and m2 to have the same dtype, but got: != ; result type can't be cast to the desired output
    type; self and other; both arguments; Index put requires the source and destination dtypes match; output with
    shape doesn't match the broadcast shape; number of dims don't match in permute; repeat; Number of dimensions of
    repeat dims can not be smaller than number of dimensions of tensor; view size is not compatible with input
    tensor's size and stride (at least one dimension spans across two contiguous subspaces). Use .reshape(...)
    instead; a leaf Variable that requires grad is being used in an in-place operation; unsupported operation: more
    than one element of the written-to tensor refers to a single memory location. Please clone() the tensor before
    performing the operation; split split_with_sizes expects sum exactly; start length exceeds dimension size;
    selected index k out of range; cannot sample n_sample > prob_dist.size(-1) samples without replacement;
    probability tensor contains either inf, nan or element < 0; invalid multinomial distribution (sum of
    probabilities <= 0); Class values must be smaller than num_classes, larger, non-negative; one_hot is only
    applicable to index tensor; scatter gather(): Expected dtype int for index; Expected index to be smaller than
    self apart from dimension and to be smaller size than src; dim; linalg, cross: inputs dimension must have
    length; einsum(): subscript operand has size which does not broadcast with previously seen size; the number of
    subscripts in the equation does not match the number of dimensions for the operand, and no ellipsis was given;
    reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the argument; cannot
    perform reduction on tensor with no elements because the operation does not have an identity; Trying to create
    tensor with negative dimension; expected Tensor as element in argument, but got; torch float16 float32 float64
    bfloat16 int64 long uint8 LongTensor FloatTensor DoubleTensor ndarray numpy array x; subscript i j k l; Number
    of indices should be equal to source.size(dim); number of dimensions in the tensor input does not match the
    length of the desired ordering of dimensions i.e. input.dim() is not equal to len(dims); expected both vectors
    to have same dtype, but found; zeros: Dimension size must be non-negative; Provided sizes don't multiply up to
    the size of dim in the input tensor; diagonal dimensions cannot be identical; upper bound and lower bound
    inconsistent with step sign; Expected 1-D argument self, but got 2-D; but got 3 and 4 elements respectively; the
    number of sizes provided must be greater or equal to the number of dimensions in the tensor
"""
NUMPY = """
    operands could not be broadcast together with remapped shapes; matmul: Input operand 1 has a mismatch in its
    core dimension 0, with gufunc signature (n?,k),(k,m?)->(n?,m?) (size 5 is different from 4); shapes (3,4) and
    (5,6) not aligned: 4 (dim 1) != 5 (dim 0); all the input array dimensions except for the concatenation axis must
    match exactly, but along dimension, the array at index has size and the array at index has size; all input
    arrays must have the same shape; zero-dimensional arrays cannot be concatenated; cannot reshape array of size
    into shape; axis is out of bounds for array of dimension; index is out of bounds for axis with size; boolean
    index did not match indexed array along axis; size of axis is but size of corresponding boolean axis is; shape
    mismatch: objects cannot be broadcast to a single shape, mismatch is between arg with shape and arg; input array
    from shape; non-broadcastable output operand with shape; axes don't match array; repeated axis in transpose; too
    many indices for array: array is -dimensional, but were indexed; arrays used as indices must be of integer (or
    boolean) type; only integer scalar arrays can be converted to a scalar index; only length-1 arrays can be
    converted to Python scalars; The truth value of an array with more than one element is ambiguous. Use a.any() or
    a.all(); Cannot cast ufunc 'add' subtract divide true_divide output from dtype to dtype with casting rule
    'same_kind'; cannot select an axis to squeeze out which has size not equal to one; zero-size array to reduction
    operation maximum minimum which has no identity; singular; did not contain a loop with signature matching types;
    iteration over a 0-d array; [original->remapped]: (3,newaxis) and requested shape; Last 2 dimensions of the
    array must be square; only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or
    boolean arrays are valid indices; Cannot take a larger sample than population when 'replace=False'; negative
    dimensions are not allowed; The requested array has an inhomogeneous shape after 1 dimensions. The detected
    shape was (2,) + inhomogeneous part; diagonal
"""
OURS = """
    It needs, which is not written yet, which is not there, and that could not be made: Still the stub. is still
    None. No line there makes. It returned None. Is the return line there? It returned a dictionary without; return
    tensors, in this order: one tensor things. Did you forget the line? It is a, not a function. Write it with def,
    and with what it needs as arguments. The code asked for more memory than a stage may use. The code called
    sys.exit() or quit(). Return the gradient instead. For, the shape is, but should be. return one name, as a
    string. It is a torch tensor: this course is in NumPy, and an array is wanted. It is an array of dtype: is
    wanted, as its inputs are. real dense sparse quantized elements at most, read, numbers, complex-valued subclass.
    It changes its input in place. Work on a copy. The result still requires grad; it was detached before it was
    judged. The result is; float32 was given, so is expected. Make one with torch.stack or torch.tensor. It returned
    a plain float with the shape of the tensor it belongs to. Convert it with torch.from_numpy(...), or use only
    torch. Build one with np.stack or np.array. far larger than any wanted here. return a dense one, with
    .to_dense(). It returned a tensor on the device; return one on the CPU, like its inputs. call script. code cell.
    can't allocate memory.
"""
WORDS = frozenset(word.lower() for word in TOKEN.findall(PYTHON + TORCH + NUMPY + OURS))
