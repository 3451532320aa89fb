"""Windows' data protection (DPAPI), called in this process so that the decrypted key is never written to disk."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    class _Blob(ctypes.Structure):
        _fields_ = (("size", wintypes.DWORD), ("data", ctypes.POINTER(ctypes.c_char)))

    def _blob(content: bytes) -> _Blob:
        buffer = ctypes.create_string_buffer(content, len(content))
        return _Blob(len(content), ctypes.cast(buffer, ctypes.POINTER(ctypes.c_char)))

    def unprotect(blob: bytes, entropy: bytes | None) -> bytes:
        """The content of ``blob``. Raises OSError unless it was protected on this machine with that entropy."""
        crypt = ctypes.WinDLL("crypt32", use_last_error=True)
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.LocalFree.argtypes = (ctypes.c_void_p,)
        source, clear = _blob(blob), _Blob()
        extra = ctypes.byref(_blob(entropy)) if entropy is not None else None
        no_prompt = 0x1
        if not crypt.CryptUnprotectData(
            ctypes.byref(source), None, extra, None, None, no_prompt, ctypes.byref(clear)
        ):
            raise ctypes.WinError(ctypes.get_last_error())
        try:
            return ctypes.string_at(clear.data, clear.size)
        finally:
            ctypes.memset(clear.data, 0, clear.size)
            kernel.LocalFree(clear.data)

else:

    def unprotect(blob: bytes, entropy: bytes | None) -> bytes:
        """Raise OSError: only Windows can decrypt it."""
        raise OSError("data protected by Windows can only be read on that machine")
