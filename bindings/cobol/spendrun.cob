      *> SPENDRUN: posts a billing run against monthly budgets.
      *>
      *> Every charge is reserved and settled in the ledger of its
      *> account; one that would take the month past its budget is
      *> refused. After each record the exact budget check says where
      *> the account stands. Amounts are integers in millionths of the
      *> currency unit; README.md has the layouts.
      *>
      *> BILLIN   in   billing records, a trailer last
      *> BUDGIN   in   budgets, with their ledgers
      *> BUDGOUT  out  the same after the run
      *> DECOUT   out  a decision for each billing record
      *>
      *> RETURN-CODE   0 all posted and below their warnings
      *>               4 a warning
      *>               8 a budget reached, or a charge refused
      *>              16 bad input: its records are rejected, or the
      *>                 whole run is, and BUDGOUT is then not written
       IDENTIFICATION DIVISION.
       PROGRAM-ID. SPENDRUN.

       ENVIRONMENT DIVISION.
       INPUT-OUTPUT SECTION.
       FILE-CONTROL.
           SELECT BILL-FILE ASSIGN TO "BILLIN"
               ORGANIZATION SEQUENTIAL FILE STATUS WS-FILE-STATUS.
           SELECT BUDGET-FILE ASSIGN TO "BUDGIN"
               ORGANIZATION SEQUENTIAL FILE STATUS WS-FILE-STATUS.
           SELECT NEW-BUDGET-FILE ASSIGN TO "BUDGOUT"
               ORGANIZATION SEQUENTIAL FILE STATUS WS-FILE-STATUS.
           SELECT DECISION-FILE ASSIGN TO "DECOUT"
               ORGANIZATION SEQUENTIAL FILE STATUS WS-FILE-STATUS.

       DATA DIVISION.
       FILE SECTION.
       FD  BILL-FILE.
       01  BILL-RECORD.
           05  BILL-TYPE               PIC X.
               88  BILL-IS-DETAIL      VALUE "D".
               88  BILL-IS-TRAILER     VALUE "T".
           05  BILL-DETAIL.
               10  BILL-ACCOUNT        PIC X(12).
               10  BILL-DAY            PIC 9(8).
               10  BILL-AMOUNT         PIC S9(17) COMP-3.
               10  BILL-CURRENCY       PIC X(3).
               10  BILL-SERVICE        PIC X(31).
           05  BILL-TRAILER REDEFINES BILL-DETAIL.
               10  BILL-COUNT          PIC 9(9).
               10  BILL-TOTAL          PIC S9(17) COMP-3.
               10  FILLER              PIC X(45).

       FD  BUDGET-FILE.
       01  BUDGET-RECORD.
           05  BUDGET-ACCOUNT          PIC X(12).
           05  BUDGET-CURRENCY         PIC X(3).
           05  BUDGET-LIMIT            PIC S9(17) COMP-3.
           05  BUDGET-WARNING-PPM      PIC 9(7) COMP-3.
           05  BUDGET-LEDGER           PIC X(532).
           05  FILLER                  PIC X(8).

       FD  NEW-BUDGET-FILE.
       01  NEW-BUDGET-RECORD           PIC X(568).

       FD  DECISION-FILE.
       01  DECISION-RECORD.
           05  DEC-RECORD              PIC 9(7).
           05  FILLER                  PIC X.
           05  DEC-ACCOUNT             PIC X(12).
           05  FILLER                  PIC X.
           05  DEC-DAY                 PIC X(8).
           05  FILLER                  PIC X.
           05  DEC-AMOUNT              PIC S9(17)
                                       SIGN LEADING SEPARATE.
           05  FILLER                  PIC X.
           05  DEC-ACTION              PIC X(8).
               88  DEC-POSTED          VALUE "POSTED".
               88  DEC-CREDIT          VALUE "CREDIT".
               88  DEC-REFUSED         VALUE "REFUSED".
               88  DEC-REJECTED        VALUE "REJECTED".
           05  FILLER                  PIC X.
           05  DEC-BUDGET              PIC X(8).
           05  FILLER                  PIC X.
           05  DEC-SETTLED             PIC S9(19)
                                       SIGN LEADING SEPARATE.
           05  FILLER                  PIC X.
           05  DEC-AVAILABLE           PIC 9(19).
           05  FILLER                  PIC X.
           05  DEC-USAGE-PPM           PIC 9(20).
           05  FILLER                  PIC X.
           05  DEC-REASON              PIC X(50).
           05  DEC-LINE-END            PIC X.

       WORKING-STORAGE SECTION.
           COPY "cloudcircuit.cpy".

       01  WS-FILE-STATUS              PIC XX.
           88  WS-FILE-OK              VALUE "00".
           88  WS-FILE-END             VALUE "10".
       01  WS-STATUS                   BINARY-LONG.
       01  WS-MESSAGE-AT               USAGE POINTER.
       01  WS-MESSAGE                  PIC X(120).

       01  WS-ACCOUNTS.
           05  WS-ACCOUNT-COUNT        BINARY-LONG VALUE 0.
           05  WS-ACCOUNT OCCURS 1000 TIMES INDEXED BY AX.
               10  ACC-BUDGET          PIC X(568).
               10  ACC-NAME            PIC X(12).
               10  ACC-CURRENCY        PIC X(3).
               10  ACC-LIMIT           BINARY-DOUBLE.
               10  ACC-WARNING-PPM     BINARY-LONG UNSIGNED.
               10  ACC-LEDGER          PIC X(528).
       01  WS-MOST-ACCOUNTS            CONSTANT AS 1000.

       01  WS-TOTALS.
           05  WS-READ                 PIC 9(9) VALUE 0.
           05  WS-DETAILS              PIC 9(9) VALUE 0.
           05  WS-POSTED               PIC 9(9) VALUE 0.
           05  WS-CREDITS              PIC 9(9) VALUE 0.
           05  WS-REFUSED              PIC 9(9) VALUE 0.
           05  WS-REJECTED             PIC 9(9) VALUE 0.
           05  WS-WARNINGS             PIC 9(9) VALUE 0.
           05  WS-BREACHES             PIC 9(9) VALUE 0.
           05  WS-HASH                 PIC S9(18) COMP-3 VALUE 0.
       01  WS-HAS-TRAILER              PIC X VALUE "N".
       01  WS-AMOUNT                   BINARY-DOUBLE.
       01  WS-SPEND                    BINARY-DOUBLE.
       01  WS-PERIOD                   BINARY-DOUBLE.
       01  WS-NOW                      BINARY-DOUBLE.
       01  WS-LEDGER-ID                BINARY-DOUBLE.
       01  WS-DATE                     PIC 9(8).
       01  WS-RETURN                   BINARY-LONG VALUE 0.

       LINKAGE SECTION.
       01  LS-MESSAGE                  PIC X(120).

       PROCEDURE DIVISION.
       MAIN SECTION.
           PERFORM LOAD-BUDGETS
           OPEN INPUT BILL-FILE
           IF NOT WS-FILE-OK
               DISPLAY "SPENDRUN BILLIN: FILE STATUS " WS-FILE-STATUS
               PERFORM ABANDON
           END-IF
           OPEN OUTPUT DECISION-FILE
           IF NOT WS-FILE-OK
               DISPLAY "SPENDRUN DECOUT: FILE STATUS " WS-FILE-STATUS
               PERFORM ABANDON
           END-IF
           PERFORM READ-BILL
           PERFORM UNTIL WS-FILE-END
               PERFORM ONE-RECORD
               PERFORM READ-BILL
           END-PERFORM
           CLOSE BILL-FILE DECISION-FILE
           PERFORM SHOW-TOTALS
           IF WS-HAS-TRAILER NOT = "Y"
               DISPLAY "SPENDRUN BILLIN: NO TRAILER THAT BALANCES"
               PERFORM ABANDON
           END-IF
           PERFORM STORE-BUDGETS
           MOVE WS-RETURN TO RETURN-CODE
           STOP RUN.

      *> Ends the run with nothing posted: BUDGOUT is not written.
       ABANDON.
           DISPLAY "SPENDRUN ABANDONED, NOTHING IS POSTED"
           CLOSE BILL-FILE BUDGET-FILE NEW-BUDGET-FILE DECISION-FILE
           MOVE 16 TO RETURN-CODE
           STOP RUN.

      *> A last record that is cut short has the status 04.
       READ-BILL.
           READ BILL-FILE
           IF NOT WS-FILE-OK AND NOT WS-FILE-END
               DISPLAY "SPENDRUN BILLIN: FILE STATUS " WS-FILE-STATUS
                   " AFTER RECORD " WS-READ
               PERFORM ABANDON
           END-IF.

      *> The library judges settings and stored ledgers. A ledger's id
      *> only tells holds of ledgers apart, and no hold outlives a
      *> record: the budget's place in the file will do.
       LOAD-BUDGETS.
           OPEN INPUT BUDGET-FILE
           IF NOT WS-FILE-OK
               DISPLAY "SPENDRUN BUDGIN: FILE STATUS " WS-FILE-STATUS
               PERFORM ABANDON
           END-IF
           READ BUDGET-FILE
           PERFORM UNTIL NOT WS-FILE-OK
               PERFORM LOAD-BUDGET
               READ BUDGET-FILE
           END-PERFORM
           IF NOT WS-FILE-END
               DISPLAY "SPENDRUN BUDGIN: FILE STATUS " WS-FILE-STATUS
               PERFORM ABANDON
           END-IF
           CLOSE BUDGET-FILE.

       LOAD-BUDGET.
           MOVE SPACES TO WS-MESSAGE
           IF BUDGET-LIMIT NOT NUMERIC OR BUDGET-WARNING-PPM NOT NUMERIC
               MOVE "LIMIT OR WARNING IS NOT NUMERIC" TO WS-MESSAGE
               PERFORM BAD-BUDGET
           END-IF
           PERFORM VARYING AX FROM 1 BY 1 UNTIL AX > WS-ACCOUNT-COUNT
               IF ACC-NAME (AX) = BUDGET-ACCOUNT
                   MOVE "A SECOND BUDGET" TO WS-MESSAGE
                   PERFORM BAD-BUDGET
               END-IF
           END-PERFORM
           IF WS-ACCOUNT-COUNT = WS-MOST-ACCOUNTS
               MOVE "TOO MANY BUDGETS" TO WS-MESSAGE
               PERFORM BAD-BUDGET
           END-IF
           ADD 1 TO WS-ACCOUNT-COUNT
           SET AX TO WS-ACCOUNT-COUNT
           MOVE BUDGET-RECORD TO ACC-BUDGET (AX)
           MOVE BUDGET-ACCOUNT TO ACC-NAME (AX)
           MOVE BUDGET-CURRENCY TO ACC-CURRENCY (AX)
           MOVE BUDGET-LIMIT TO ACC-LIMIT (AX)
           MOVE BUDGET-WARNING-PPM TO ACC-WARNING-PPM (AX)
           MOVE 0 TO WS-SPEND
           PERFORM CHECK-BUDGET
           PERFORM STOP-AT-BAD-BUDGET
           IF BUDGET-LEDGER = LOW-VALUES
               MOVE 0 TO WS-PERIOD WS-NOW
               MOVE WS-ACCOUNT-COUNT TO WS-LEDGER-ID
               CALL "cloudcircuit_ledger_init" USING
                   BY VALUE SIZE 8 WS-LEDGER-ID WS-PERIOD WS-NOW
                   BY REFERENCE CC-LEDGER-STATE
                   RETURNING WS-STATUS
           ELSE
               MOVE LENGTH OF BUDGET-LEDGER TO WS-AMOUNT
               CALL "cloudcircuit_ledger_state_decode" USING
                   BY REFERENCE BUDGET-LEDGER
                   BY VALUE SIZE 8 WS-AMOUNT
                   BY REFERENCE CC-LEDGER-STATE
                   RETURNING WS-STATUS
           END-IF
           PERFORM STOP-AT-BAD-BUDGET
           MOVE CC-LEDGER-STATE TO ACC-LEDGER (AX).

       STOP-AT-BAD-BUDGET.
           IF WS-STATUS NOT = CC-OK
               PERFORM FIND-MESSAGE
               PERFORM BAD-BUDGET
           END-IF.

       BAD-BUDGET.
           DISPLAY "SPENDRUN BUDGIN " BUDGET-ACCOUNT ": "
               FUNCTION TRIM(WS-MESSAGE)
           PERFORM ABANDON.

       STORE-BUDGETS.
           OPEN OUTPUT NEW-BUDGET-FILE
           PERFORM VARYING AX FROM 1 BY 1
                   UNTIL AX > WS-ACCOUNT-COUNT OR NOT WS-FILE-OK
               MOVE ACC-BUDGET (AX) TO BUDGET-RECORD
               MOVE ACC-LEDGER (AX) TO CC-LEDGER-STATE
               MOVE LENGTH OF BUDGET-LEDGER TO WS-AMOUNT
               CALL "cloudcircuit_ledger_state_encode" USING
                   BY REFERENCE CC-LEDGER-STATE BUDGET-LEDGER
                   BY VALUE SIZE 8 WS-AMOUNT
                   RETURNING WS-STATUS
               PERFORM STOP-AT-BAD-BUDGET
               WRITE NEW-BUDGET-RECORD FROM BUDGET-RECORD
           END-PERFORM
           IF WS-FILE-OK
               CLOSE NEW-BUDGET-FILE
           END-IF
           IF NOT WS-FILE-OK
               DISPLAY "SPENDRUN BUDGOUT: FILE STATUS " WS-FILE-STATUS
               PERFORM ABANDON
           END-IF.

       ONE-RECORD.
           ADD 1 TO WS-READ
           MOVE SPACES TO DECISION-RECORD
           MOVE WS-READ TO DEC-RECORD
           MOVE X"0A" TO DEC-LINE-END
           MOVE 0 TO DEC-AMOUNT DEC-SETTLED DEC-AVAILABLE DEC-USAGE-PPM
           EVALUATE TRUE
               WHEN WS-HAS-TRAILER NOT = "N"
                   MOVE "RECORD AFTER THE TRAILER" TO DEC-REASON
                   MOVE "X" TO WS-HAS-TRAILER
                   PERFORM REJECT-RECORD
               WHEN BILL-IS-TRAILER
                   PERFORM CHECK-TRAILER
               WHEN BILL-IS-DETAIL
                   ADD 1 TO WS-DETAILS
                   PERFORM ONE-DETAIL
               WHEN OTHER
                   ADD 1 TO WS-DETAILS
                   MOVE "TYPE IS NEITHER D NOR T" TO DEC-REASON
                   PERFORM REJECT-RECORD
           END-EVALUATE.

       REJECT-RECORD.
           SET DEC-REJECTED TO TRUE
           ADD 1 TO WS-REJECTED
           MOVE 16 TO WS-RETURN
           DISPLAY "SPENDRUN RECORD " DEC-RECORD " REJECTED: "
               FUNCTION TRIM(DEC-REASON)
           WRITE DECISION-RECORD
           PERFORM CHECK-WRITTEN.

       CHECK-WRITTEN.
           IF NOT WS-FILE-OK
               DISPLAY "SPENDRUN DECOUT: FILE STATUS " WS-FILE-STATUS
               PERFORM ABANDON
           END-IF.

      *> The count and the total tell a file that was cut or changed.
       CHECK-TRAILER.
           IF BILL-COUNT IS NUMERIC AND BILL-TOTAL IS NUMERIC
                   AND BILL-COUNT = WS-DETAILS AND BILL-TOTAL = WS-HASH
               MOVE "Y" TO WS-HAS-TRAILER
           ELSE
               MOVE "X" TO WS-HAS-TRAILER
               MOVE "TRAILER DOES NOT BALANCE" TO DEC-REASON
               PERFORM REJECT-RECORD
           END-IF.

       ONE-DETAIL.
           MOVE BILL-ACCOUNT TO DEC-ACCOUNT
           MOVE BILL-DETAIL (13:8) TO DEC-DAY
           IF BILL-AMOUNT IS NUMERIC
               ADD BILL-AMOUNT TO WS-HASH
               MOVE BILL-AMOUNT TO DEC-AMOUNT WS-AMOUNT
           ELSE
               MOVE "AMOUNT IS NOT PACKED DECIMAL" TO DEC-REASON
           END-IF
           IF DEC-REASON = SPACES
               PERFORM CHECK-DAY
           END-IF
           IF DEC-REASON = SPACES
               PERFORM FIND-ACCOUNT
           END-IF
           IF DEC-REASON = SPACES
               PERFORM POST-DETAIL
           END-IF
           IF DEC-REASON NOT = SPACES AND DEC-ACTION = SPACES
               PERFORM REJECT-RECORD
           ELSE
               WRITE DECISION-RECORD
               PERFORM CHECK-WRITTEN
               PERFORM COUNT-DECISION
           END-IF.

       CHECK-DAY.
           IF BILL-DAY IS NUMERIC
               MOVE BILL-DAY TO WS-DATE
           ELSE
               MOVE 0 TO WS-DATE
           END-IF
           IF FUNCTION TEST-DATE-YYYYMMDD (WS-DATE) = 0
               DIVIDE WS-DATE BY 100 GIVING WS-PERIOD
               COMPUTE WS-NOW = FUNCTION INTEGER-OF-DATE (WS-DATE)
           ELSE
               MOVE "DAY IS NO DATE" TO DEC-REASON
           END-IF.

       FIND-ACCOUNT.
           SET AX TO 1
           PERFORM UNTIL AX > WS-ACCOUNT-COUNT
                   OR ACC-NAME (AX) = BILL-ACCOUNT
               SET AX UP BY 1
           END-PERFORM
           IF AX > WS-ACCOUNT-COUNT
               MOVE "ACCOUNT HAS NO BUDGET" TO DEC-REASON
           ELSE IF ACC-CURRENCY (AX) NOT = BILL-CURRENCY
               MOVE "CURRENCY IS NOT THE BUDGET'S" TO DEC-REASON
           END-IF.

      *> The time is the record's day. A status above 0 leaves the
      *> ledger as it was and is the reason of a rejected record. A roll
      *> to an earlier month is no error, but leaves the ledger in its
      *> own: the record would count in the wrong month.
       POST-DETAIL.
           MOVE ACC-LEDGER (AX) TO CC-LEDGER-STATE
           INITIALIZE CC-LEDGER-CONFIG
           MOVE ACC-LIMIT (AX) TO CC-LIMIT OF CC-LEDGER-CONFIG
           MOVE 1 TO CC-THRESHOLD-COUNT OF CC-LEDGER-CONFIG
           MOVE ACC-WARNING-PPM (AX)
               TO CC-THRESHOLDS OF CC-LEDGER-CONFIG (1)
           CALL "cloudcircuit_ledger_roll" USING
               BY REFERENCE CC-LEDGER-CONFIG CC-LEDGER-STATE
               BY VALUE SIZE 8 WS-PERIOD WS-NOW
               BY REFERENCE CC-LEDGER-DECISION
               RETURNING WS-STATUS
           IF WS-STATUS = CC-OK
                   AND CC-PERIOD OF CC-LEDGER-STATE NOT = WS-PERIOD
               MOVE "MONTH IS BEFORE THE LEDGER'S" TO DEC-REASON
           ELSE
               PERFORM POST-AMOUNT
           END-IF.

       POST-AMOUNT.
           IF WS-STATUS = CC-OK
               IF WS-AMOUNT > 0
                   PERFORM POST-CHARGE
               ELSE
                   PERFORM POST-CREDIT
               END-IF
           END-IF
           IF WS-STATUS = CC-OK
               MOVE CC-SETTLED OF CC-LEDGER-STATE TO WS-SPEND
               IF WS-SPEND < 0
                   MOVE 0 TO WS-SPEND
               END-IF
               PERFORM CHECK-BUDGET
           END-IF
           IF WS-STATUS = CC-OK
               PERFORM TELL-DECISION
               MOVE CC-LEDGER-STATE TO ACC-LEDGER (AX)
           ELSE
               MOVE SPACES TO DEC-ACTION
               PERFORM FIND-MESSAGE
               MOVE WS-MESSAGE TO DEC-REASON
           END-IF.

       POST-CHARGE.
           CALL "cloudcircuit_ledger_reserve" USING
               BY REFERENCE CC-LEDGER-CONFIG CC-LEDGER-STATE
               BY VALUE SIZE 8 WS-AMOUNT WS-NOW
               BY REFERENCE CC-LEDGER-HOLD CC-LEDGER-DECISION
               RETURNING WS-STATUS
           IF CC-ALLOWED OF CC-LEDGER-DECISION = 1
               SET DEC-POSTED TO TRUE
               CALL "cloudcircuit_ledger_settle" USING
                   BY REFERENCE CC-LEDGER-CONFIG CC-LEDGER-STATE
                                CC-LEDGER-HOLD
                   BY VALUE SIZE 8 WS-AMOUNT WS-NOW
                   BY REFERENCE CC-LEDGER-DECISION
                   RETURNING WS-STATUS
           ELSE
               SET DEC-REFUSED TO TRUE
           END-IF.

      *> A credit, or a charge of nothing.
       POST-CREDIT.
           IF WS-AMOUNT < 0
               SET DEC-CREDIT TO TRUE
           ELSE
               SET DEC-POSTED TO TRUE
           END-IF
           CALL "cloudcircuit_ledger_record" USING
               BY REFERENCE CC-LEDGER-CONFIG CC-LEDGER-STATE
               BY VALUE SIZE 8 WS-AMOUNT WS-NOW
               BY REFERENCE CC-LEDGER-DECISION
               RETURNING WS-STATUS.

       CHECK-BUDGET.
           MOVE ACC-WARNING-PPM (AX)
               TO CC-WARNING-PPM OF CC-BUDGET-CONFIG-I64
           MOVE 0 TO CC-RESERVED OF CC-BUDGET-CONFIG-I64
           CALL "cloudcircuit_check_budget_i64" USING
               BY VALUE SIZE 8 WS-SPEND ACC-LIMIT (AX)
               BY REFERENCE CC-BUDGET-CONFIG-I64 CC-BUDGET-RESULT-I64
               RETURNING WS-STATUS.

       TELL-DECISION.
           MOVE CC-SETTLED OF CC-LEDGER-DECISION TO DEC-SETTLED
           MOVE CC-AVAILABLE OF CC-LEDGER-DECISION TO DEC-AVAILABLE
           MOVE CC-USAGE-PPM OF CC-BUDGET-RESULT-I64 TO DEC-USAGE-PPM
           EVALUATE TRUE
               WHEN CC-IS-BREACHED OF CC-BUDGET-RESULT-I64 NOT = 0
                   MOVE "BREACHED" TO DEC-BUDGET
               WHEN CC-IS-WARNING OF CC-BUDGET-RESULT-I64 NOT = 0
                   MOVE "WARNING" TO DEC-BUDGET
               WHEN OTHER
                   MOVE "WITHIN" TO DEC-BUDGET
           END-EVALUATE
           EVALUATE TRUE
               WHEN DEC-REFUSED AND CC-REASON OF CC-LEDGER-DECISION
                       = CC-LEDGER-REASON-EXCEEDS-LIMIT
                   MOVE "CHARGE ALONE EXCEEDS THE BUDGET" TO DEC-REASON
               WHEN DEC-REFUSED
                   MOVE "CHARGE EXCEEDS WHAT IS AVAILABLE" TO DEC-REASON
               WHEN CC-NEWLY-CROSSED OF CC-LEDGER-DECISION NOT = 0
                   MOVE "WARNING THRESHOLD CROSSED" TO DEC-REASON
           END-EVALUATE.

       COUNT-DECISION.
           EVALUATE TRUE
               WHEN DEC-POSTED  ADD 1 TO WS-POSTED
               WHEN DEC-CREDIT  ADD 1 TO WS-CREDITS
               WHEN DEC-REFUSED ADD 1 TO WS-REFUSED
           END-EVALUATE
           EVALUATE DEC-BUDGET
               WHEN "WARNING"   ADD 1 TO WS-WARNINGS
               WHEN "BREACHED"  ADD 1 TO WS-BREACHES
           END-EVALUATE
           IF DEC-REFUSED OR DEC-BUDGET = "BREACHED"
               MOVE FUNCTION MAX (WS-RETURN 8) TO WS-RETURN
           ELSE IF DEC-BUDGET = "WARNING"
               MOVE FUNCTION MAX (WS-RETURN 4) TO WS-RETURN
           END-IF.

      *> What a status means, in the library's words.
       FIND-MESSAGE.
           CALL "cloudcircuit_status_message" USING
               BY VALUE SIZE 4 WS-STATUS
               RETURNING WS-MESSAGE-AT
           SET ADDRESS OF LS-MESSAGE TO WS-MESSAGE-AT
           MOVE SPACES TO WS-MESSAGE
           STRING LS-MESSAGE DELIMITED BY X"00" INTO WS-MESSAGE.

       SHOW-TOTALS.
           DISPLAY "SPENDRUN READ     " WS-READ
           DISPLAY "SPENDRUN POSTED   " WS-POSTED
           DISPLAY "SPENDRUN CREDITS  " WS-CREDITS
           DISPLAY "SPENDRUN REFUSED  " WS-REFUSED
           DISPLAY "SPENDRUN REJECTED " WS-REJECTED
           DISPLAY "SPENDRUN WARNINGS " WS-WARNINGS
           DISPLAY "SPENDRUN BREACHES " WS-BREACHES.
