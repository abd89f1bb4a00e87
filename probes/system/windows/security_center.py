"""Windows Security Center (iwscapi.h, wscapi.h): the products that have registered there."""

import ctypes
import sys
from ctypes import wintypes
from functools import partial

from probes.facts import Fact
from probes.system.windows import com
from probes.system.windows.calls import function
from probes.system.windows.com import Apartment, Pointer, optional
from probes.system.windows.failures import Failure, answered, of_hresult
from probes.system.windows_questions import (
    ListSecurityProducts,
    ProviderHealth,
    ReadProviderHealth,
    SecurityProduct,
)

if sys.platform != "win32":
    raise ImportError("only Windows has these")

CLASS_PRODUCT_LIST = "17072f7b-9abe-4a74-a261-1eb76b55107a"
PRODUCT_LIST = "722a338c-6e8e-4e72-ac27-1417fb0c81c2"
INITIALIZE, COUNT, ITEM = 7, 8, 9

NAME, STATE, SIGNATURE_STATUS, GUID = 7, 8, 9, 12

PRODUCT_2 = "f896ca54-fe09-4403-86d4-23cb488d81d8"
UPDATE = 16


def products(question: ListSecurityProducts) -> Fact[tuple[SecurityProduct, ...]]:
    """The products of one kind. A list object serves one kind only, so each question makes one."""
    return com.ask(partial(_products, provider=question.provider), "IWSCProductList")


def health(question: ReadProviderHealth) -> Fact[ProviderHealth]:
    """WscGetSecurityProviderHealth for one kind."""
    return answered(lambda: _health(question.provider), "WscGetSecurityProviderHealth")


def _products(apartment: Apartment, provider: int) -> tuple[SecurityProduct, ...]:
    listed = apartment.create(CLASS_PRODUCT_LIST, PRODUCT_LIST)
    listed.call(INITIALIZE, wintypes.ULONG(provider))
    count = listed.number(COUNT)
    return tuple(_product(listed.object(ITEM, wintypes.ULONG(at))) for at in range(count))


def _product(product: Pointer) -> SecurityProduct:
    second = product.other(PRODUCT_2)
    return SecurityProduct(
        name=product.text(NAME),
        state=product.number(STATE),
        signature=product.number(SIGNATURE_STATUS),
        guid=product.text(GUID),
        update=None if second is None else optional(lambda: second.number(UPDATE)),
    )


def _health(provider: int) -> ProviderHealth:
    ask = function(
        *("wscapi", "WscGetSecurityProviderHealth", ctypes.c_long),
        *(wintypes.DWORD, ctypes.POINTER(ctypes.c_int)),
    )
    told = ctypes.c_int()
    result = ask(provider, ctypes.byref(told))
    if result < 0:
        raise Failure(of_hresult(result))
    return ProviderHealth(result, told.value)
