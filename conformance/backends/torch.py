"""PyTorch: its own modules, functionals and optimizers, each behind the name and the layout of the contract.

Nothing is computed here that PyTorch computes itself. What it does not have stays undefined: dropout with a
given mask, positional encoding, early stopping.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np

try:
    import torch
    from torch import Tensor, nn, optim
    from torch.func import functional_call
    from torch.nn import functional as F
    from torch.nn.utils import clip_grad_norm_, clip_grad_value_
    from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
except ImportError as error:
    raise ImportError("the torch backend needs PyTorch: pip install 'gradspec[torch]'") from error

# The suite makes thousands of calls on tiny arrays: waking a pool of threads would cost more than the work.
torch.set_num_threads(1)

name = "torch"
version = torch.__version__
# NumPy knows bfloat16 only through ml_dtypes.
dtypes = ("float32", "float64", "float16", *(("bfloat16",) if find_spec("ml_dtypes") else ()))
conventions = {"clip_by_global_norm.epsilon": 1e-6}
_DROPS = "pack_padded_sequence selects by the lengths, and silently drops a sequence that has none"
expected_failures = {
    "rnn/invalid_input": _DROPS,
    "lstm/invalid_input": f"{_DROPS}; oneDNN takes a packed input of any width in float32",
    "clip_by_global_norm/extremes": "the squares of large gradients overflow: zeros, or NaN, come out",
    "multi_head_attention/extremes": "the fused attention kernel makes zeros of a query that holds a NaN",
}


def from_numpy(array: np.ndarray) -> Tensor:
    """A tensor with memory of its own, in the order of the array's axes; PyTorch has no negative strides."""
    copy = np.array(array)
    if copy.dtype.name == "bfloat16":
        return torch.from_numpy(copy.view(np.int16)).view(torch.bfloat16)
    return torch.from_numpy(copy)


def to_numpy(tensor: Tensor) -> np.ndarray:
    if tensor.dtype == torch.bfloat16:
        from ml_dtypes import bfloat16

        return np.asarray(tensor.view(torch.int16)).view(bfloat16)
    return np.asarray(tensor)


def vjp(
    function: Callable[..., Any], primals: Sequence[Tensor], cotangents: Sequence[Tensor]
) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    leaves = [primal.detach().requires_grad_() for primal in primals]
    outputs = function(*leaves)
    flat = outputs if isinstance(outputs, tuple) else (outputs,)
    gradients = torch.autograd.grad(flat, leaves, cotangents, materialize_grads=True)
    return tuple(output.detach() for output in flat), gradients


@cache
def _module(kind: Callable[..., nn.Module], *sizes: int, **settings: Any) -> nn.Module:
    """A module that is made once for its sizes: its parameters have a shape, but no memory."""
    return kind(*sizes, device="meta", **settings)


def _call(module: nn.Module, parameters: dict[str, Tensor], *args: Any, **kwargs: Any) -> Any:
    """What the module gives with these parameters in place of its own."""
    for key, own in module.named_parameters():
        # As when a module loads its weights: else some kernels read past the end of what is short.
        if parameters[key].shape != own.shape:
            raise ValueError(f"{key} has shape {tuple(parameters[key].shape)}, not {tuple(own.shape)}")
    return functional_call(module, parameters, args, kwargs)


# ----- activations ------------------------------------------------------------------------------------------
sigmoid, tanh, relu = torch.sigmoid, torch.tanh, F.relu


def softmax(x: Tensor) -> Tensor:
    return F.softmax(x, dim=-1)


_ACTIVATIONS = {"identity": nn.Identity(), "sigmoid": sigmoid, "tanh": tanh, "relu": relu}


# ----- layers -----------------------------------------------------------------------------------------------


def perceptron(x: Tensor, weight: Tensor, bias: Tensor, *, activation: str) -> Tensor:
    return _ACTIVATIONS[activation](F.linear(x, weight.T, bias))


def mlp(x: Tensor, weights: Sequence[Tensor], biases: Sequence[Tensor], *, activation: str) -> Tensor:
    *hidden, (weight, bias) = zip(weights, biases, strict=True)
    for weight_i, bias_i in hidden:
        x = perceptron(x, weight_i, bias_i, activation=activation)
    return F.linear(x, weight.T, bias)


def one_hot(indices: Tensor, *, depth: int) -> Tensor:
    return F.one_hot(indices, depth).to(torch.float64)


def embedding(table: Tensor, indices: Tensor) -> Tensor:
    return F.embedding(indices, table)


def random_dropout(x: Tensor, *, rate: float) -> Tensor:
    return F.dropout(x, rate, training=True)


# ----- losses -----------------------------------------------------------------------------------------------
mean_squared_error = F.mse_loss
binary_cross_entropy = F.binary_cross_entropy_with_logits


def softmax_cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    # A label of −100 is left out of the mean unless another is named; here no label is to be left out.
    return F.cross_entropy(logits, labels, ignore_index=torch.iinfo(torch.int64).min)


# ----- recurrent networks -----------------------------------------------------------------------------------


def rnn(
    x: Tensor, h0: Tensor, weight_x: Tensor, weight_h: Tensor, bias: Tensor,
    *, activation: str = "tanh", lengths: Tensor | None = None,
) -> Tensor:  # fmt: skip
    if activation not in ("tanh", "relu"):
        raise NotImplementedError(f"nn.RNN has no {activation}")
    module = _module(nn.RNN, *weight_x.shape, nonlinearity=activation)
    h, _ = _run(module, x, h0[None], _parameters(weight_x, weight_h, bias), lengths)
    return h


def lstm(
    x: Tensor, h0: Tensor, c0: Tensor, weight_x: Tensor, weight_h: Tensor, bias: Tensor,
    *, lengths: Tensor | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    # The gate blocks i, f, g, o stand in this order in PyTorch too.
    module = _module(nn.LSTM, weight_x.shape[0], weight_h.shape[0])
    h, (_, c_last) = _run(module, x, (h0[None], c0[None]), _parameters(weight_x, weight_h, bias), lengths)
    return h, c_last[0]


def _parameters(weight_x: Tensor, weight_h: Tensor, bias: Tensor) -> dict[str, Tensor]:
    """PyTorch keeps weights as (out, in), and a second bias, which adds nothing here."""
    return {
        "weight_ih_l0": weight_x.T.contiguous(),  # as cuDNN needs them
        "weight_hh_l0": weight_h.T.contiguous(),
        "bias_ih_l0": bias,
        "bias_hh_l0": torch.zeros_like(bias),
    }


def _run(
    module: nn.Module, x: Tensor, state: Any, parameters: dict[str, Tensor], lengths: Tensor | None
) -> tuple[Tensor, Any]:
    """h[T,N,H] and the module's last state; from lengths[n] on, h repeats it (PyTorch pads with zeros)."""
    packed = x if lengths is None else pack_padded_sequence(x, lengths.cpu(), enforce_sorted=False)
    state = tuple(s.contiguous() for s in state) if isinstance(state, tuple) else state.contiguous()
    h, last = _call(module, parameters, packed, state)
    if lengths is None:
        return h, last
    h, _ = pad_packed_sequence(h, total_length=x.shape[0])
    h_last = last[0] if isinstance(last, tuple) else last  # [1, N, H]
    valid = torch.arange(x.shape[0])[:, None] < lengths  # [T, N]
    return torch.where(valid[..., None], h, h_last), last


# ----- attention --------------------------------------------------------------------------------------------


def scaled_dot_product_attention(
    query: Tensor, key: Tensor, value: Tensor, *, causal: bool = False, mask: Tensor | None = None
) -> Tensor:
    if causal and mask is not None:  # which PyTorch takes as one
        mask, causal = mask.tril(), False
    return F.scaled_dot_product_attention(query, key, value, attn_mask=mask, is_causal=causal)


def multi_head_attention(
    query: Tensor, key: Tensor, value: Tensor,
    weight_q: Tensor, weight_k: Tensor, weight_v: Tensor, weight_o: Tensor,
    *, heads: int, causal: bool = False,
) -> Tensor:  # fmt: skip
    hidden = None
    if causal:  # True = may not attend, unlike in scaled_dot_product_attention
        hidden = torch.ones(query.shape[1], key.shape[1], dtype=torch.bool).triu(1)
    parameters = {
        "in_proj_weight": torch.cat([weight_q.T, weight_k.T, weight_v.T]),  # [3E, E]
        "out_proj.weight": weight_o.T,
    }
    module = _module(nn.MultiheadAttention, query.shape[-1], heads, bias=False, batch_first=True)
    given = query, key, value
    y, _ = _call(module, parameters, *given, need_weights=False, attn_mask=hidden, is_causal=causal)
    return y


# ----- optimizers -------------------------------------------------------------------------------------------


def clip_by_value(gradient: Tensor, *, limit: float) -> Tensor:
    parameter = _with_gradient(gradient)
    clip_grad_value_(parameter, limit)
    return parameter.grad


def clip_by_global_norm(gradients: Sequence[Tensor], *, max_norm: float) -> list[Tensor]:
    parameters = [_with_gradient(gradient) for gradient in gradients]
    clip_grad_norm_(parameters, max_norm)
    return [parameter.grad for parameter in parameters]


def _with_gradient(gradient: Tensor) -> Tensor:
    """A parameter that has this gradient, which PyTorch clips in place."""
    parameter = torch.empty_like(gradient)
    parameter.grad = gradient.clone()
    return parameter


def _optimizer(make: Callable[..., optim.Optimizer], **names: str) -> Callable[..., Tensor]:
    """The parameter after each step of a fresh optimizer; `names` has PyTorch's word for each attribute."""

    def parameters(parameter: Tensor, gradients: Tensor, **attributes: float) -> Tensor:
        parameter = parameter.clone()
        optimizer = make([parameter], **{names[key]: value for key, value in attributes.items()})
        after = []
        for gradient in gradients:
            parameter.grad = gradient
            optimizer.step()
            after.append(parameter.clone())
        return torch.stack(after)

    return parameters


def _adam(parameters: list[Tensor], *, beta1: float, beta2: float, **settings: float) -> optim.Optimizer:
    return optim.Adam(parameters, betas=(beta1, beta2), **settings)


sgd = _optimizer(optim.SGD, learning_rate="lr")
momentum = _optimizer(optim.SGD, learning_rate="lr", momentum="momentum")
adagrad = _optimizer(optim.Adagrad, learning_rate="lr", epsilon="eps")
rmsprop = _optimizer(optim.RMSprop, learning_rate="lr", decay="alpha", epsilon="eps")
adadelta = _optimizer(optim.Adadelta, learning_rate="lr", decay="rho", epsilon="eps")
adam = _optimizer(_adam, learning_rate="lr", beta1="beta1", beta2="beta2", epsilon="eps")
