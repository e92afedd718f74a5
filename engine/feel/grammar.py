"""The grammar of FEEL (DMN 1.5, 10.3.1.2) over the scanner's tokens: LALR(1) without conflicts.

Tokens whose names begin with an underscore leave no trace in the tree. Chains (a + b + c) are
written as repetitions, so that a long sum is one flat node and not a deep one.
"""

GRAMMAR = r"""
?expression: expr

?unary_tests: MINUS                              -> any_value
            | NOT _LPAR tests _RPAR              -> negated_tests
            | tests
tests: test (_COMMA test)*
?test: expr | operator_test
operator_test: OPERATOR additive

?expr: IF expr THEN expr ELSE expr               -> conditional
     | FOR iterators RETURN expr                 -> for_loop
     | SOME iterators SATISFIES expr             -> some
     | EVERY iterators SATISFIES expr            -> every
     | FUNCTION _LPAR [parameters] _RPAR EXTERNAL expr -> external_function
     | FUNCTION _LPAR [parameters] _RPAR expr    -> function_definition
     | disjunction
iterators: iterator (_COMMA iterator)*
iterator: NAME IN expr [_DOTDOT expr]
parameters: parameter (_COMMA parameter)*
parameter: NAME [_COLON type]

disjunction: conjunction (OR conjunction)*
conjunction: comparison (AND comparison)*
?comparison: additive
           | comparison OPERATOR additive             -> compared
           | comparison BETWEEN additive AND additive      -> between
           | comparison IN in_test               -> in_one
           | comparison IN _LPAR test (_COMMA test)+ _RPAR -> in_many
           | comparison INSTANCE type            -> instance_of
?in_test: additive | operator_test

additive: product ((PLUS | MINUS) product)*
product: power ((TIMES | DIVIDED) power)*
power: signed (POWER signed)*
?signed: MINUS signed                            -> negation
       | postfix
?postfix: atom
        | postfix _DOT NAME                      -> path
        | postfix _LSQB test _RSQB               -> filtered
        | postfix _LPAR [expr (_COMMA expr)*] _RPAR -> call
        | postfix _LPAR named (_COMMA named)* _RPAR -> named_call
named: NAME _COLON expr                          -> entry

?atom: NUMBER                                    -> number
     | STRING                                    -> string
     | _AT STRING                                -> temporal
     | TRUE                                      -> true
     | FALSE                                     -> false
     | NULL                                      -> null
     | NAME                                      -> name
     | _LPAR expr _RPAR
     | _LPAR operator_test _RPAR
     | _LSQB [test (_COMMA test)*] _RSQB         -> list_literal
     | _LBRACE [entry (_COMMA entry)*] _RBRACE   -> context_literal
     | range
entry: KEY _COLON expr
?range: _LSQB expr _DOTDOT expr _RSQB            -> closed_range
      | _LSQB expr _DOTDOT expr (_RANGE_CLOSE_OPEN | _RPAR) -> right_open_range
      | (_RANGE_OPEN_OPEN | _LPAR) expr _DOTDOT expr _RSQB -> left_open_range
      | (_RANGE_OPEN_OPEN | _LPAR) expr _DOTDOT expr (_RANGE_CLOSE_OPEN | _RPAR) -> open_range

?type: NAME                                      -> type_name
     | NAME TYPE_OPEN _type_arguments TYPE_CLOSE -> generic_type
     | FUNCTION TYPE_OPEN [_type_arguments] TYPE_CLOSE _ARROW type -> function_type
_type_arguments: type_argument (_COMMA type_argument)*
type_argument: [NAME _COLON] type

%declare IF THEN ELSE FOR RETURN SOME EVERY SATISFIES FUNCTION EXTERNAL IN OR AND BETWEEN
%declare INSTANCE NOT
%declare TRUE FALSE NULL NAME KEY NUMBER STRING OPERATOR PLUS MINUS TIMES DIVIDED POWER
%declare TYPE_OPEN TYPE_CLOSE _RANGE_OPEN_OPEN _RANGE_CLOSE_OPEN
%declare _ARROW _DOTDOT _LPAR _RPAR _LSQB _RSQB _LBRACE _RBRACE _COMMA _COLON _DOT _AT
"""
