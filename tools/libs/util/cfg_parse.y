%{
/* SPDX-License-Identifier: MIT */
#include "cfg.h"
#include "cfg_parse.h"

#define YYSTYPE CFG_YYSTYPE
#define YYLTYPE CFG_YYLTYPE
#undef yylex
#include "cfg_lex.h"
#undef yylex
#define yylex next_token

static int next_token(CFG_YYSTYPE *value, CFG_YYLTYPE *at, struct cfg_parse *p)
{
    return cfg_scan_lex(value, at, p->scanner);
}

static void cfg_yyerror(CFG_YYLTYPE *at, struct cfg_parse *p, const char *msg)
{
    cfg_error(p, at->first_line, cfg_scan_get_text(p->scanner), msg);
}
%}

%define api.pure full
%define api.prefix {cfg_yy}
%define parse.error verbose
%locations
%parse-param { struct cfg_parse *p }
%lex-param { struct cfg_parse *p }

%union {
    char *text;
    XLU_ConfigValue *value;
    enum XLU_Operation op;
}

%token <text> IDENT STRING NUMBER
%token NEWLINE
%token LEXERR
%token OP_ASSIGN "="
%token OP_ADD "+="
%type <text> atom
%type <value> value list items
%type <op> op

%destructor { free($$); } IDENT STRING NUMBER atom
%destructor { cfg_value_free($$); } value list items

%%

file:       %empty
    |       file line
    ;

line:       end
    |       IDENT op value end
            {
                cfg_set(p, $1, $2, $3, @1.first_line);
            }
    |       IDENT op value ';'
            {
                cfg_set(p, $1, $2, $3, @1.first_line);
            }
    |       ';'
    ;

op:         OP_ASSIGN { $$ = XLU_OP_ASSIGNMENT; }
    |       OP_ADD { $$ = XLU_OP_ADDITION; }
    ;

end:        NEWLINE
    ;

atom:       STRING
    |       NUMBER
    ;

value:      atom { $$ = cfg_string(p, $1, @1.first_line, @1.first_column); }
    |       list
    ;

list:       '[' gap ']' { $$ = cfg_list(p, @1.first_line, @1.first_column); }
    |       '[' gap items ']' { $$ = $3; }
    |       '[' gap items ',' gap ']' { $$ = $3; }
    ;

items:      value gap
            {
                $$ = cfg_list(p, @1.first_line, @1.first_column);
                cfg_list_append(p, $$, $1);
            }
    |       items ',' gap value gap
            {
                $$ = $1;
                cfg_list_append(p, $$, $4);
            }
    ;

gap:        %empty
    |       gap NEWLINE
    ;

%%
