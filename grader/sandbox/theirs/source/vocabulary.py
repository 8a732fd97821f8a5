"""What tensor maths is written with: the names that a stage may use, and no other.

Each name of `ATTRIBUTES` has to be harmless on whatever listed names lead to: who owns it is not known when a source is
read. None evaluates a string, reaches another module, or lets an object be something else than it is.
"""

import argparse
import builtins
import collections
import contextlib
import functools
import itertools
import pathlib
import string
import types
import typing
import warnings
from functools import cache

import numpy as np
import torch

_TENSORS = """
    H T abs abs_ absolute absolute_ acos acos_ acosh acosh_ add add_ addbmm addbmm_ addcdiv addcdiv_ addcmul
    addcmul_ addmm addmm_ addmv addmv_ addr addr_ adjoint all allclose amax amin aminmax any apply_ arccos arccos_
    arccosh arccosh_ arcsin arcsin_ arcsinh arcsinh_ arctan arctan2 arctan2_ arctan_ arctanh arctanh_ argmax argmin
    argsort argwhere as_strided as_strided_ as_strided_scatter asin asin_ asinh asinh_ atan atan2 atan2_ atan_ atanh
    atanh_ baddbmm baddbmm_ bernoulli bernoulli_ bfloat16 bincount bitwise_and bitwise_and_ bitwise_left_shift
    bitwise_left_shift_ bitwise_not bitwise_not_ bitwise_or bitwise_or_ bitwise_right_shift bitwise_right_shift_
    bitwise_xor bitwise_xor_ bmm bool broadcast_to byte cauchy_ ceil ceil_ cholesky cholesky_inverse cholesky_solve
    chunk clamp clamp_ clamp_max clamp_max_ clamp_min clamp_min_ clip clip_ clone contiguous copy_ copysign
    copysign_ corrcoef cos cos_ cosh cosh_ count_nonzero cov cpu cross cuda cummax cummin cumprod cumprod_ cumsum
    cumsum_ data deg2rad deg2rad_ det detach detach_ device diag diag_embed diagflat diagonal diagonal_scatter diff
    digamma digamma_ dim dist div div_ divide divide_ dot double dsplit dtype eq eq_ equal erf erf_ erfc erfc_
    erfinv erfinv_ exp exp2 exp2_ exp_ expand expand_as expm1 expm1_ exponential_ fill_ fill_diagonal_ fix fix_
    flatten flip fliplr flipud float float_power float_power_ floor floor_ floor_divide floor_divide_ fmax fmin fmod
    fmod_ frac frac_ frexp gather gcd gcd_ ge ge_ geometric_ geqrf ger get_device greater greater_ greater_equal
    greater_equal_ gt gt_ half hardshrink heaviside heaviside_ histc histogram hsplit hypot hypot_ i0 i0_ igamma
    igamma_ igammac igammac_ index index_add index_add_ index_copy index_copy_ index_fill index_fill_ index_put
    index_put_ index_reduce index_reduce_ index_select indices inner int inverse is_contiguous is_cpu is_cuda
    is_floating_point is_leaf is_neg is_nonzero is_signed isclose isfinite isinf isnan isneginf isposinf isreal item
    itemsize kron kthvalue layout lcm lcm_ ldexp ldexp_ le le_ lerp lerp_ less less_ less_equal less_equal_ lgamma
    lgamma_ log log10 log10_ log1p log1p_ log2 log2_ log_ log_normal_ log_softmax logaddexp logaddexp2 logcumsumexp
    logdet logical_and logical_and_ logical_not logical_not_ logical_or logical_or_ logical_xor logical_xor_ logit
    logit_ logsumexp long lstsq lt lt_ lu lu_solve mH mT map2_ map_ masked_fill masked_fill_ masked_scatter
    masked_scatter_ masked_select matmul matrix_exp matrix_power max maximum mean median min minimum mm mode
    moveaxis movedim msort mul mul_ multinomial multiply multiply_ mv mvlgamma mvlgamma_ name nan_to_num nan_to_num_
    nanmean nanmedian nanquantile nansum narrow narrow_copy nbytes ndim ndimension ne ne_ neg neg_ negative
    negative_ nelement new_empty new_empty_strided new_full new_ones new_tensor new_zeros nextafter nextafter_
    nonzero nonzero_static norm normal_ not_equal not_equal_ numel numpy orgqr ormqr outer permute pin_memory
    pinverse polygamma polygamma_ positive pow pow_ prelu prod put put_ qr quantile rad2deg rad2deg_ random_ ravel
    reciprocal reciprocal_ relu relu_ remainder remainder_ renorm renorm_ repeat repeat_interleave reshape
    reshape_as roll rot90 round round_ rsqrt rsqrt_ scatter scatter_ scatter_add scatter_add_ scatter_reduce
    scatter_reduce_ select select_scatter sgn sgn_ shape short sigmoid sigmoid_ sign sign_ signbit sin sin_ sinc
    sinc_ sinh sinh_ size slice_scatter slogdet softmax sort split split_with_sizes sqrt sqrt_ square square_
    squeeze squeeze_ std storage_offset stride sub sub_ subtract subtract_ sum sum_to_size svd swapaxes swapaxes_
    swapdims swapdims_ t t_ take take_along_dim tan tan_ tanh tanh_ tensor_split tile to to_dense tolist topk trace
    transpose transpose_ triangular_solve tril tril_ triu triu_ true_divide true_divide_ trunc trunc_ type type_as
    unbind unflatten unfold uniform_ unique unique_consecutive unsafe_chunk unsafe_split unsafe_split_with_sizes
    unsqueeze unsqueeze_ values var vdot view view_as vsplit where xlogy xlogy_ zero_
"""
"""What tensors have, and arrays in part, that is maths or shape."""
_TORCH = """
    BoolTensor ByteTensor DoubleTensor FloatTensor Generator HalfTensor IntTensor LongTensor ShortTensor Size Tensor
    alpha_dropout arange are_deterministic_algorithms_enabled as_tensor asarray atleast_1d atleast_2d atleast_3d
    avg_pool1d batch_norm bilinear binary_cross_entropy_with_logits binomial blackman_window block_diag
    broadcast_shapes broadcast_tensors bucketize can_cast cartesian_prod cat cdist celu chain_matmul channels_last
    column_stack combinations concat concatenate constant_pad_nd contiguous_format conv1d conv2d conv3d
    conv_transpose1d conv_transpose2d conv_transpose3d cosine_embedding_loss cosine_similarity cumulative_trapezoid
    dropout dropout_ dstack e einsum embedding embedding_bag empty empty_like empty_permuted empty_strided eye fill
    finfo float16 float32 float64 frobenius_norm from_numpy frombuffer full full_like get_default_dtype
    get_num_interop_threads get_num_threads get_rng_state group_norm hamming_window hann_window hinge_embedding_loss
    hstack iinfo inf inference_mode initial_seed instance_norm int16 int32 int64 int8 is_grad_enabled is_tensor isin
    kl_div layer_norm linspace logspace manual_seed margin_ranking_loss max_pool1d max_pool1d_with_indices
    max_pool2d max_pool3d meshgrid nan newaxis no_grad normal nuclear_norm ones ones_like pairwise_distance pdist pi
    pixel_shuffle pixel_unshuffle poisson poisson_nll_loss preserve_format promote_types rand rand_like randint
    randint_like randn randn_like randperm range result_type rms_norm row_stack rrelu rsub scalar_tensor
    searchsorted seed selu set_default_device set_default_dtype set_default_tensor_type set_float32_matmul_precision
    set_flush_denormal set_num_interop_threads set_num_threads set_printoptions set_rng_state set_warn_always stack
    std_mean strided tensor tensordot threshold trapezoid trapz tril_indices triplet_margin_loss triu_indices uint8
    unravel_index use_deterministic_algorithms vander var_mean vmap vstack zeros zeros_like
"""
"""What `torch` has besides: makers, layers, types, settings."""
_FUNCTIONAL = """
    adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool2d
    adaptive_max_pool3d affine_grid avg_pool2d avg_pool3d binary_cross_entropy cross_entropy dropout1d dropout2d
    dropout3d elu elu_ fold gaussian_nll_loss gelu glu grid_sample gumbel_softmax hardsigmoid hardswish hardtanh
    hardtanh_ huber_loss interpolate l1_loss leaky_relu leaky_relu_ linear local_response_norm logsigmoid lp_pool1d
    lp_pool2d lp_pool3d max_pool2d_with_indices max_pool3d_with_indices max_unpool1d max_unpool2d max_unpool3d mish
    mse_loss multi_margin_loss multilabel_margin_loss multilabel_soft_margin_loss nll_loss normalize one_hot pad
    relu6 scaled_dot_product_attention silu smooth_l1_loss soft_margin_loss softmin softplus softshrink softsign
    tanhshrink triplet_margin_with_distance_loss upsample
"""
"""What `torch.nn.functional` has besides."""
_NUMPY = """
    False_ True_ accumulate alltrue append apply_along_axis apply_over_axes argpartition around array array2string
    array_equal array_equiv array_repr array_split array_str asanyarray ascontiguousarray asfortranarray astype at
    average bartlett base_repr binary_repr bits bitwise_count bitwise_invert blackman block bool_ broadcast
    broadcast_arrays c_ cbrt choose compress convolve copy copyto correlate cumproduct cumulative_prod
    cumulative_sum degrees delete diag_indices diag_indices_from digitize divmod ediff1d einsum_path eps errstate
    euler_gamma expand_dims extract fabs fill_diagonal flags flat flatnonzero float_ floating
    format_float_positional format_float_scientific fromfunction fromiter frompyfunc generic geomspace
    get_printoptions geterr hamming hanning histogram2d histogram_bin_edges identity in1d index_exp inexact insert
    int_ integer interp intersect1d invert isdtype isfortran isrealobj isscalar issubdtype iterable ix_ kaiser kind
    left_shift lexsort longdouble mask_indices matrix_transpose matvec may_share_memory mgrid mod modf nanargmax
    nanargmin nancumprod nancumsum nanmax nanmin nanpercentile nanprod nanstd nanvar ndarray ndenumerate ndindex
    nditer nin nout number ogrid packbits partition percentile permute_dims piecewise place poly poly1d polyadd
    polydiv polyfit polymul polysub polyval power printoptions product ptp put_along_axis putmask r_ radians
    ravel_multi_index reduce reduceat require resolution right_shift rint rollaxis s_ setdiff1d seterr setxor1d
    shares_memory signedinteger single sliding_window_view smallest_normal sometrue spacing strides take_along_axis
    tiny tobytes tri tril_indices_from trim_zeros triu_indices_from uint uint16 uint32 uint64 union1d unique_all
    unique_counts unique_inverse unique_values unpackbits unsignedinteger unstack unwrap vecdot vecmat vectorize
"""
"""What NumPy and its arrays have besides."""
_RANDOM = """
    RandomState beta chisquare choice default_rng dirichlet exponential gamma geometric get_state gumbel
    hypergeometric integers laplace logistic lognormal logseries multivariate_normal permutation permuted
    random_sample ranf rayleigh sample set_state shuffle spawn standard_cauchy standard_exponential standard_gamma
    standard_normal standard_t triangular uniform vonmises wald weibull zipf
"""
"""What random numbers come from."""
_LINALG = """
    L LinAlgError P Q R S U V bessel_j0 bessel_j1 cholesky_ex cond eigh eigvalsh entr erfcx expit gammaln
    householder_product i0e i1 i1e inv inv_ex log_ndtr lu_factor lu_factor_ex matrix_norm matrix_rank multi_dot
    multigammaln ndtr ndtri pinv psi solve solve_ex solve_triangular spherical_bessel_j0 svdvals tensorinv
    tensorsolve vector_norm zeta
"""
"""Linear algebra, and special functions."""
_MATH = """
    comb factorial fsum isqrt perm tau ulp
"""
"""What `math` has besides."""
_PYTHON = """
    appendleft args as_integer_ratio bit_count bit_length cache_clear cache_info capitalize casefold center clear
    close comb count decode default_factory denominator difference difference_update discard elements encode
    endswith expandtabs extend extendleft find flush fromhex fromkeys get hex intersection intersection_update
    is_integer isalnum isalpha isascii isdecimal isdigit isdisjoint isidentifier islower isnumeric isprintable
    isspace issubset issuperset istitle isupper items join keys ljust lower lstrip maxlen message most_common
    move_to_end numerator parent parents pop popitem popleft read readline readlines remove removeprefix
    removesuffix replace reverse rfind rindex rjust rotate rpartition rsplit rstrip send setdefault splitlines start
    startswith step stop strip swapcase symmetric_difference symmetric_difference_update text throw title total
    translate union update upper value write zfill
"""
"""What the values of Python itself have."""

ATTRIBUTES = frozenset(" ".join((_TENSORS, _TORCH, _FUNCTIONAL, _NUMPY, _RANDOM, _LINALG, _MATH, _PYTHON)).split())
AUTOGRAD = frozenset(
    "autograd backward enable_grad forward_ad func grad grad_fn hessian jacfwd jacobian jacrev jvp make_dual "
    "register_hook requires_grad requires_grad_ retain_grad set_grad_enabled unpack_dual vjp".split()
)
WATCHED = frozenset("backward grad grad_fn register_hook requires_grad requires_grad_ retain_grad".split())
"""Of those, what an object of one's own may have as well: which it is, the log of the operations tells."""
AUTODIFF = frozenset("autograd jax mxnet tensorflow theano tinygrad torch".split())
"""Where a course is in NumPy, autograd is one of these, imported; `grad` is a name like any other."""
BUILTINS = frozenset(
    "Ellipsis NotImplemented abs all any ascii bin bool bytearray bytes callable chr classmethod dict divmod "
    "enumerate exit filter float format frozenset hash hex id input int isinstance issubclass iter len list map max "
    "min next object oct ord pow print property quit range repr reversed round set slice sorted staticmethod str sum "
    "tuple zip True False None __debug__".split()
) | frozenset(
    name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException)
)
MODULES = {
    module: frozenset(names.split())
    for module, names in {
        "torch": "_foreach_add _foreach_add_ _foreach_addcdiv_ _foreach_addcmul_ _foreach_div _foreach_div_ "
        "_foreach_lerp_ _foreach_mul _foreach_mul_ _foreach_neg _foreach_sqrt _foreach_sub _foreach_sub_ "
        "_foreach_zero_ compile",
        "torch.__config__": "parallel_info show",
        "torch.backends": "",
        "torch.backends.cuda": "",
        "torch.backends.cuda.matmul": "allow_tf32",
        "torch.backends.cudnn": "allow_tf32 benchmark deterministic enabled is_available version",
        "torch.backends.mkl": "is_available",
        "torch.backends.mkldnn": "enabled is_available",
        "torch.backends.mps": "is_available is_built",
        "torch.backends.openmp": "is_available",
        "torch.compiler": "allow_in_graph disable is_compiling",
        "torch.cuda": "current_device device_count empty_cache get_device_name get_device_properties is_available "
        "manual_seed_all max_memory_allocated memory_allocated memory_summary reset_peak_memory_stats set_device "
        "synchronize",
        "torch.distributions": "Bernoulli Categorical Multinomial Normal Uniform",
        "torch.distributions.categorical": "Categorical",
        "torch.func": "vmap",
        "torch.jit": "export ignore script script_if_tracing unused",
        "torch.linalg": "",
        "torch.mps": "is_available",
        "torch.nn": "",
        "torch.nn.functional": "",
        "torch.random": "fork_rng",
        "torch.special": "",
        "torch.testing": "assert_close",
        "torch.types": "Device Number",
        "torch.version": "cuda",
        "numpy": "asmatrix genfromtxt loadtxt mat matrix resize",
        "numpy.lib": "",
        "numpy.lib.stride_tricks": "as_strided broadcast_to sliding_window_view",
        "numpy.linalg": "",
        "numpy.random": "Generator random",
        "numpy.testing": "assert_allclose assert_almost_equal assert_array_almost_equal assert_array_equal "
        "assert_equal",
        "numpy.typing": "ArrayLike DTypeLike NDArray",
        "math": "",
        "__future__": "annotations division print_function",
        "abc": "ABC abstractmethod",
        "builtins": " ".join(name for name in BUILTINS if name[:1] != "_"),
        "bisect": "bisect bisect_left bisect_right insort",
        "collections": "ChainMap Counter OrderedDict defaultdict deque namedtuple",
        "collections.abc": "Callable Collection Hashable Iterable Iterator Generator Mapping Sequence Set Sized",
        "contextlib": "contextmanager nullcontext suppress",
        "copy": "copy deepcopy",
        "dataclasses": "KW_ONLY asdict astuple dataclass field fields is_dataclass replace",
        "datetime": "date datetime timedelta",
        "einops": "einsum pack parse_shape rearrange reduce repeat unpack",
        "enum": "auto unique",
        "faulthandler": "disable enable",
        "fractions": "Fraction",
        "functorch": "vmap",
        "functools": "cache cached_property cmp_to_key lru_cache partial reduce total_ordering",
        "gc": "collect disable enable",
        "heapq": "heapify heappop heappush nlargest nsmallest",
        "logging": "getLogger",
        "itertools": " ".join(name for name in dir(itertools) if not name.startswith("_")),
        "numbers": "Integral Number Rational Real",
        "operator": "abs add and_ concat contains eq floordiv ge getitem gt index inv invert is_ is_not itemgetter le "
        "lt matmul mod mul ne neg not_ or_ pos pow sub truediv truth xor",
        "random": "betavariate choice choices expovariate gammavariate gauss getrandbits getstate normalvariate "
        "randint random randrange sample seed setstate shuffle triangular uniform Random",
        "re": "DOTALL I IGNORECASE M MULTILINE S VERBOSE X compile escape findall finditer fullmatch match search "
        "split sub subn",
        "statistics": "mean median mode pstdev pvariance stdev variance",
        "string": " ".join(name for name in string.__all__ if name.islower()),
        "time": "monotonic perf_counter perf_counter_ns process_time sleep strftime time time_ns",
        "tqdm": "tnrange tqdm tqdm_notebook trange",
        "tqdm.auto": "tqdm trange",
        "tqdm.autonotebook": "tqdm trange",
        "tqdm.notebook": "tqdm tqdm_notebook trange",
        "tqdm.std": "tqdm trange",
        "types": "",
        "typing": "Annotated Any AnyStr Callable ClassVar Collection DefaultDict Deque Dict Final FrozenSet Generator "
        "Generic Hashable Iterable Iterator List Literal Mapping MutableMapping MutableSequence NamedTuple NewType "
        "NoReturn Optional Protocol Self Sequence Set SupportsFloat SupportsIndex SupportsInt TYPE_CHECKING Tuple Type "
        "TypeAlias TypeVar TypedDict Union cast final overload override",
        "typing_extensions": "Annotated Final Literal Protocol Self TypeAlias TypedDict override",
        "warnings": "catch_warnings filterwarnings resetwarnings simplefilter warn",
    }.items()
}
"""What may be taken from each module by its full name, besides `ATTRIBUTES` where it is one of torch's or NumPy's."""
APART = {
    module: frozenset(names.split())
    for module, names in {
        "IPython": "",
        "argparse": "ArgumentDefaultsHelpFormatter ArgumentParser Namespace",
        "IPython.display": "HTML Image Latex Markdown Math clear_output display",
        "csv": "DictReader DictWriter reader writer",
        "glob": "glob iglob",
        "io": "BytesIO StringIO",
        "json": "dump dumps load loads",
        "logging": "DEBUG ERROR INFO WARNING basicConfig debug error exception info warning",
        "multiprocessing": "cpu_count",
        "os": "chdir cpu_count curdir environ getcwd getenv linesep listdir makedirs name pardir putenv sep",
        "os.path": "abspath basename dirname exists expanduser getsize isdir isfile join realpath splitext",
        "pandas": "DataFrame Series read_csv",
        "pathlib": "Path PosixPath PurePath",
        "platform": "machine node platform processor python_version system",
        "pprint": "pformat pprint",
        "sys": "argv byteorder executable exit float_info getrecursionlimit getsizeof maxsize path platform "
        "setrecursionlimit stderr stdout version version_info",
        "torch.nn": "Module Parameter",
        "textwrap": "dedent fill indent wrap",
        "timeit": "default_timer",
        "traceback": "format_exc print_exc",
        "urllib": "",
        "urllib.request": "urlopen urlretrieve",
    }.items()
}
"""What may stand beside a stage, and is for a person to look at where it flows into its value."""
PICTURES = frozenset(
    "PIL altair bokeh gdown google graphviz ipywidgets kaggle matplotlib pandas plotly requests rich seaborn tabulate "
    "torchinfo torchsummary torchviz wandb".split()
)
"""Libraries that are about something else, and all of whose names count as in `APART`."""
EVALUATING = frozenset({"eval", "query"})
"""What a table evaluates a text with."""
TAKE_NAMES = frozenset({"operator.attrgetter", "operator.methodcaller"})
SWITCHES = frozenset({"torch.autograd.set_grad_enabled", "torch.set_grad_enabled"})
"""What is told with False that autograd is not wanted."""
ONLY_BASES = frozenset({"enum.Enum", "enum.IntEnum"})
"""What classes may be made of, and is not listed elsewhere: called, it makes them out of a dictionary."""
FUNCTIONS = frozenset({"torch.autograd.Function", "torch.autograd.function.Function"})
"""What a pair of forward and backward is a class of in torch: whether autograd runs it, the log tells."""
OF_CONTEXTS = frozenset("mark_dirty needs_input_grad save_for_backward saved_tensors set_materialize_grads".split())
"""What the `ctx` has that such a pair is given."""
OF_FILES = frozenset("buffer fileno open raw read_bytes write_bytes write_text".split())
"""What ways to files are called, of things that only stand apart."""
NOTEBOOK = frozenset({"display", "get_ipython"})
OF_MODULES = frozenset(
    "__all__ __author__ __copyright__ __date__ __doc__ __file__ __license__ __name__ __version__".split()
)
"""What a module says of itself."""
OF_CLASSES = frozenset(
    "__call__ __contains__ __enter__ __exit__ __getitem__ __init__ __iter__ __len__ __next__ __post_init__ __repr__ "
    "__str__".split()
)
"""The methods with two underscores that nothing but the class's own use calls."""
ARITHMETIC = frozenset(
    "__abs__ __add__ __floordiv__ __ge__ __gt__ __le__ __lt__ __matmul__ __mod__ __mul__ __neg__ __pos__ __pow__ "
    "__radd__ __rmatmul__ __rmul__ __rpow__ __rsub__ __rtruediv__ __sub__ __truediv__".split()
)
"""What a class of one's own may define: nothing but an operator on such an object calls it."""
OPERATORS = ARITHMETIC | frozenset(
    "__and__ __bool__ __contains__ __eq__ __float__ __getitem__ __int__ __invert__ __len__ __ne__ __or__ "
    "__xor__".split()
)
"""What an operator stands for, and changes nothing: read, it is the operator."""
DUNDERS = frozenset("__call__ __doc__ __file__ __init__ __name__ __qualname__ __version__".split())
COMPLEX = frozenset("complex complex64 complex128 cdouble cfloat csingle c8 c16 c32 D F G".split())
"""What a dtype with an imaginary axis is called."""


@cache
def attributes_elsewhere() -> frozenset[str]:
    """What listed values have and what is not listed: no name of one's own may stand for it.

    A module is no value: wherever one is used as such, that is not on the list.
    """
    values: list[object] = [
        torch.Tensor,
        torch.Size,
        torch.Generator,
        torch.dtype,
        torch.device,
        torch.finfo,
        torch.cpu,
    ]
    values += [torch.no_grad(), torch.enable_grad(), torch.inference_mode()]  # with what each of them remembers
    values += [np.ndarray, np.generic, np.dtype, np.ufunc, np.random.Generator, np.nditer]
    values += [*vars(builtins).values(), *vars(types).values(), *vars(functools).values(), *vars(itertools).values()]
    values += [value for name, value in vars(collections).items() if not name.startswith("_")]
    values += [contextlib._GeneratorContextManager, warnings.catch_warnings()]
    values += [typing.ForwardRef]  # what an annotated type hands attributes on to, where a text stands in it
    values += [type(np.random.Generator.beta)]  # functions written in Cython have names of their own for `__globals__`
    values = [value for value in values if not isinstance(value, types.ModuleType) or value is torch.cpu]
    return frozenset(name for value in values for name in dir(value)) - ATTRIBUTES | OF_FILES | _hidden_beside()


def _hidden_beside() -> frozenset[str]:
    """What values that stand apart have and is a way out: what a parser puts arguments with, what a path knows of
    modules."""
    parser = argparse.ArgumentParser()
    of_parsers = {*dir(parser), *dir(parser.add_argument("x"))}
    of_paths = _attributes_of(type(pathlib.Path()))
    return frozenset(
        {name for name in of_parsers if name.startswith("_")}
        | {
            name
            for name, value in of_paths.items()
            if any(isinstance(each, types.ModuleType) for each in (value, *_attributes_of(value).values()))
        }
    )


def _attributes_of(value: object) -> dict[str, object]:
    return {name: getattr(value, name, None) for name in dir(value) if not name.startswith("__")}


def is_of_arrays(module: str) -> bool:
    """Whether a module is one whose names are those of tensor maths: but for the views of NumPy that know no bounds."""
    return module.partition(".")[0] in ("torch", "numpy", "math") and not module.startswith("numpy.lib")
