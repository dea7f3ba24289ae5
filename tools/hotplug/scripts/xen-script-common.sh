# SPDX-License-Identifier: MIT
# Sourced, in bash. The arguments of a script: NAME=VALUE settings and one command.
set -e

# findCommand ARGUMENT...: "command" is the argument that is no setting.
findCommand() {
	local argument
	for argument; do
		case $argument in
		*=*) ;;
		*)
			command=$argument
			return 0
			;;
		esac
	done
}

# evalVariables ARGUMENT...: sets the variables that the settings name.
evalVariables() {
	local argument
	for argument; do
		[[ $argument =~ ^[A-Za-z_][A-Za-z_0-9]*= ]] || continue
		printf -v "${argument%%=*}" %s "${argument#*=}"
	done
}
