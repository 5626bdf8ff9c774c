package org.openingminute.registration.transfers;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Guesses what the columns of a bank's file mean: first by German and English headers, then by what the cells hold. Not reusable. */
final class BankColumnGuess {

    private static final List<Pattern> AMOUNT = headers(
            "^(buchungs|zahlungs)?betrag\\b",
            "^umsatz(?!-)\\b",
            "^amount\\b",
            "\\bamount\\b",
            "^(credit|gutschrift|haben)\\b",
            "^(summe|sum)\\b");
    private static final List<Pattern> DAY = headers(
            "^buchung(sdatum|stag)?\\b",
            "^(booking|posting|transaction|completed) date\\b",
            "^(datum|date|tag|day)\\b",
            "^(valuta|wertstellung)",
            "\\bdate\\b");
    private static final List<Pattern> CURRENCY = headers("^w(ä|ae)hrung", "^currency\\b", "^ccy\\b", "\\bcurrency\\b");
    private static final List<Pattern> PURPOSE = headers(
            "verwendungszweck",
            "^zweck\\b",
            "\\bpurpose\\b",
            "^remittance",
            "^payment (reference|details)\\b",
            "^description\\b",
            "^(memo|narrative|message|details|text|betreff|mitteilung)\\b",
            "\\bdescription\\b",
            "^buchungstext\\b",
            "^(referenz(nummer)?|reference)\\b");
    private static final List<Pattern> PAYER = headers(
            "^auftraggeber",
            "zahlungspflichtige",
            "zahlungsbeteiligte",
            "^(ein)?zahler",
            "\\b(payer|debtor|sender|remitter)\\b",
            "^counter ?party\\b",
            "^from\\b",
            "\\bname\\b",
            "^payee\\b");
    private static final List<Pattern> REFERENCE = headers(
            "^transa[ck]tions?[- ]?(id|nummer|number|referenz|reference)\\b",
            "^(bank|umsatz|buchungs?)[- ]?(id|referenz)\\b",
            "^(bank|entry|unique) (id|reference)\\b",
            "^referenz der bank\\b",
            "^fitid$");
    private static final Pattern ACCOUNT = Pattern.compile("iban|bic|konto|account|nummer|number");

    private final BankFile file;
    private final Set<Integer> taken = new HashSet<>();

    BankColumnGuess(BankFile file) {
        this.file = file;
    }

    private static List<Pattern> headers(String... patterns) {
        return Stream.of(patterns)
                .map(one -> Pattern.compile(one, Pattern.UNICODE_CHARACTER_CLASS))
                .toList();
    }

    /** @param ours the conference's currency */
    BankColumns columns(String ours) {
        Predicate<String> isAmount = cell -> BankNotation.amount(cell, ours).isPresent();
        Predicate<String> isDay = cell -> BankNotation.day(cell, true).isPresent();
        Predicate<Integer> isCurrency = all(cell -> BankNotation.currency(cell).isPresent());
        int amount = take(named(AMOUNT, all(isAmount))
                .or(() -> firstFree(all(isAmount.and(cell -> cell.matches(".*[.,][0-9]{2}\\D*"))))));
        int day = take(named(DAY, all(isDay)).or(() -> firstFree(all(isDay.and(cell -> cell.length() <= 10)))));
        int currency = take(named(CURRENCY, isCurrency).or(() -> firstFree(isCurrency)));
        int purpose = take(named(PURPOSE, this::isFilled));
        int payer = take(named(
                PAYER,
                column -> isFilled(column) && !ACCOUNT.matcher(header(column)).find()));
        int reference = take(named(REFERENCE, this::isDistinct));
        purpose = purpose < 0 ? take(longest()) : purpose;
        payer = payer < 0 ? take(longest()) : payer;
        return new BankColumns(amount, day, payer, purpose, reference, currency);
    }

    /** Takes a column, so that none is guessed twice. */
    private int take(Optional<Integer> column) {
        column.ifPresent(taken::add);
        return column.orElse(-1);
    }

    private Optional<Integer> firstFree(Predicate<Integer> content) {
        return free().boxed().filter(content).findFirst();
    }

    private IntStream free() {
        return IntStream.range(0, file.header().size()).filter(column -> !taken.contains(column));
    }

    private Optional<Integer> named(List<Pattern> headers, Predicate<Integer> content) {
        return headers.stream()
                .flatMap(header -> free().boxed()
                        .filter(column -> header.matcher(header(column)).find()))
                .filter(content)
                .findFirst();
    }

    private String header(int column) {
        return file.header().get(column).toLowerCase(Locale.ROOT);
    }

    private List<String> cells(int column) {
        return file.rows().stream()
                .filter(row -> column < row.size() && !row.get(column).isEmpty())
                .map(row -> row.get(column))
                .toList();
    }

    private boolean isFilled(int column) {
        return !cells(column).isEmpty();
    }

    private Predicate<Integer> all(Predicate<String> form) {
        return column -> isFilled(column) && cells(column).stream().allMatch(form);
    }

    /** Whether each row has another text, so that the column can tell transfers apart. A single row does not show that. */
    private boolean isDistinct(int column) {
        return file.rows().size() > 1
                && Set.copyOf(cells(column)).size() == file.rows().size();
    }

    private Optional<Integer> longest() {
        return free().boxed()
                .max(Comparator.comparingInt(column ->
                        cells(column).stream().mapToInt(String::length).sum()));
    }
}
