# SPDX-License-Identifier: MIT
# XEN_NEED_PROG(VARIABLE, PROGRAM, [PACKAGE]): stop without it.
AC_DEFUN([XEN_NEED_PROG], [
    AC_PATH_PROG([$1], [$2])
    AS_IF([test -z "$$1"], [AC_MSG_ERROR([$2 is needed]m4_ifval([$3], [[ (Debian: $3)]]))])
])

# XEN_NEED_LIB(HEADER, LIBRARY, FUNCTION, PACKAGE): stop without it.
AC_DEFUN([XEN_NEED_LIB], [
    AC_CHECK_HEADER([$1], [], [AC_MSG_ERROR([$1 is needed (Debian: $4)])])
    AC_CHECK_LIB([$2], [$3], [:], [AC_MSG_ERROR([lib$2 is needed (Debian: $4)])])
])
