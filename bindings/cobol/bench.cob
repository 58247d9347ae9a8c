      *> What a budget check costs a COBOL program: as a call, as a call
      *> that answers in flags, and as the same rule in COBOL, on packed
      *> decimals and on binary items, whose products must fit 64 bits.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. BENCH.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
           COPY "cloudcircuit.cpy".
       01  CALLS                       BINARY-DOUBLE VALUE 2000000.
       01  I                           BINARY-DOUBLE.
       01  STATUS-CODE                 BINARY-LONG.
       01  FLAGS                       BINARY-LONG UNSIGNED.
       01  SPEND                       BINARY-DOUBLE.
       01  LIMIT-AMOUNT                BINARY-DOUBLE VALUE 2500000000.
       01  PPM                         BINARY-LONG UNSIGNED
                                       VALUE 900000.
       01  WARNINGS                    PIC 9(9) COMP-5.
       01  PACKED-SPEND                PIC S9(17) COMP-3.
       01  PACKED-LIMIT                PIC S9(17) COMP-3
                                       VALUE 2500000000.
       01  PACKED-PPM                  PIC 9(7) COMP-3 VALUE 900000.
       01  USAGE-PPM                   PIC 9(20) COMP-3.
       01  REMAINING                   PIC S9(18) COMP-3.
       01  BINARY-USAGE                BINARY-DOUBLE.
       01  BINARY-LEFT                 BINARY-DOUBLE.
       01  STARTED                     PIC 9(8).
       01  STARTED-PARTS REDEFINES STARTED.
           05  HOURS                   PIC 99.
           05  MINUTES                 PIC 99.
           05  HUNDREDTHS              PIC 9(4).
       01  BEGIN-AT                    BINARY-DOUBLE.
       01  END-AT                      BINARY-DOUBLE.
       01  NANOSECONDS                 PIC Z(6)9.
       01  WARNED                      PIC Z(8)9.

       PROCEDURE DIVISION.
       MAIN SECTION.
           PERFORM READ-CLOCK
           MOVE END-AT TO BEGIN-AT
           MOVE 0 TO WARNINGS
           PERFORM VARYING I FROM 1 BY 1 UNTIL I > CALLS
               COMPUTE SPEND = I * 1250
               CALL "cloudcircuit_check_budget_i64" USING
                   BY VALUE SIZE 8 SPEND LIMIT-AMOUNT
                   BY REFERENCE OMITTED CC-BUDGET-RESULT-I64
                   RETURNING STATUS-CODE
               ADD CC-IS-WARNING OF CC-BUDGET-RESULT-I64 TO WARNINGS
           END-PERFORM
           PERFORM READ-CLOCK
           PERFORM SHOW-COST
           DISPLAY "CALL   " NANOSECONDS " NS, WARNED " WARNED

           MOVE END-AT TO BEGIN-AT
           MOVE 0 TO WARNINGS
           PERFORM VARYING I FROM 1 BY 1 UNTIL I > CALLS
               COMPUTE SPEND = I * 1250
               CALL "cloudcircuit_budget_flags_i64" USING
                   BY VALUE SIZE 8 SPEND LIMIT-AMOUNT
                   UNSIGNED SIZE 4 PPM
                   RETURNING FLAGS
               IF FLAGS NOT = 0
                   ADD 1 TO WARNINGS
               END-IF
           END-PERFORM
           PERFORM READ-CLOCK
           PERFORM SHOW-COST
           DISPLAY "FLAGS  " NANOSECONDS " NS, WARNED " WARNED

           MOVE END-AT TO BEGIN-AT
           MOVE 0 TO WARNINGS
           PERFORM VARYING I FROM 1 BY 1 UNTIL I > CALLS
               COMPUTE PACKED-SPEND = I * 1250
               IF PACKED-LIMIT > 0 AND PACKED-SPEND >= 0
                   COMPUTE USAGE-PPM =
                       PACKED-SPEND * 1000000 / PACKED-LIMIT
                   COMPUTE REMAINING = PACKED-LIMIT - PACKED-SPEND
                   IF PACKED-SPEND * 1000000
                           >= PACKED-LIMIT * PACKED-PPM
                       ADD 1 TO WARNINGS
                   END-IF
               END-IF
           END-PERFORM
           PERFORM READ-CLOCK
           PERFORM SHOW-COST
           DISPLAY "PACKED " NANOSECONDS " NS, WARNED " WARNED

           MOVE END-AT TO BEGIN-AT
           MOVE 0 TO WARNINGS
           PERFORM VARYING I FROM 1 BY 1 UNTIL I > CALLS
               COMPUTE SPEND = I * 1250
               IF LIMIT-AMOUNT > 0 AND SPEND >= 0
                   COMPUTE BINARY-USAGE =
                       SPEND * 1000000 / LIMIT-AMOUNT
                   COMPUTE BINARY-LEFT = LIMIT-AMOUNT - SPEND
                   IF SPEND * 1000000 >= LIMIT-AMOUNT * PPM
                       ADD 1 TO WARNINGS
                   END-IF
               END-IF
           END-PERFORM
           PERFORM READ-CLOCK
           PERFORM SHOW-COST
           DISPLAY "BINARY " NANOSECONDS " NS, WARNED " WARNED
           MOVE 0 TO RETURN-CODE
           STOP RUN.

      *> In hundredths of a second.
       READ-CLOCK.
           ACCEPT STARTED FROM TIME
           COMPUTE END-AT =
               (HOURS * 60 + MINUTES) * 6000 + HUNDREDTHS.

       SHOW-COST.
           COMPUTE NANOSECONDS =
               (END-AT - BEGIN-AT) * 10000000 / CALLS
           MOVE WARNINGS TO WARNED.
