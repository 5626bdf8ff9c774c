package org.openingminute.registration.transfers;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.sale.Money;

/**
 * The meaning of the columns of a bank's file: the index of each column, from 0; -1 if the file has no such column. Immutable.
 *
 * @param reference the bank's own reference of a transfer
 * @param currency of the amount; without this column, amounts are in the conference's currency
 */
record BankColumns(int amount, int day, int payer, int purpose, int reference, int currency) {

    /** The form fields that choose the columns, in the order of the record's components. */
    static final List<String> NAMES = List.of("amount", "day", "payer", "purpose", "reference", "currency");

    private static final Pattern REMEMBERED = Pattern.compile("([0-9a-f]{16})((?:\\.-?[0-9]{1,2}){6})");

    /** Reads the choice from a form; empty if there is no amount column, or no column that could identify a payer. */
    static Optional<BankColumns> chosen(Map<String, String> fields, BankFile file) {
        int[] places = NAMES.stream()
                .mapToInt(name ->
                        place(fields.getOrDefault(name, ""), file.header().size()))
                .toArray();
        return Optional.of(of(places)).filter(BankColumns::isEnough);
    }

    private static int place(String text, int columns) {
        return text.matches("[0-9]{1,3}") && Integer.parseInt(text) < columns ? Integer.parseInt(text) : -1;
    }

    private static BankColumns of(int[] places) {
        return new BankColumns(places[0], places[1], places[2], places[3], places[4], places[5]);
    }

    private boolean isEnough() {
        return amount >= 0 && (payer >= 0 || purpose >= 0 || reference >= 0);
    }

    private static String cell(List<String> row, int column) {
        return column < 0 || column >= row.size() ? "" : row.get(column);
    }

    /** Returns the values of the form fields. */
    Map<String, String> fields() {
        int[] places = places().toArray();
        Map<String, String> fields = new HashMap<>();
        for (int i = 0; i < places.length; i++) {
            fields.put(NAMES.get(i), places[i] < 0 ? "" : String.valueOf(places[i]));
        }
        return fields;
    }

    /** Encodes the choice for a cookie, which applies it to later files with the same header. */
    String remembered(BankFile file) {
        return mark(file) + places().mapToObj(place -> "." + place).collect(Collectors.joining());
    }

    private IntStream places() {
        return IntStream.of(amount, day, payer, purpose, reference, currency);
    }

    /** Decodes a cookie's choice; empty if it was made for a file with another header. */
    static Optional<BankColumns> recalled(@Nullable String cookie, BankFile file) {
        Matcher matcher = REMEMBERED.matcher(cookie == null ? "" : cookie);
        if (!matcher.matches() || !matcher.group(1).equals(mark(file))) {
            return Optional.empty();
        }
        int columns = file.header().size();
        return Optional.of(of(Stream.of(matcher.group(2).substring(1).split("\\."))
                        .mapToInt(place -> place(place, columns))
                        .toArray()))
                .filter(BankColumns::isEnough);
    }

    private static String mark(BankFile file) {
        return RequestHash.of(String.join("\u001f", file.header())).hex().substring(0, 16);
    }

    /**
     * Reads the incoming transfers of a file. A transfer without a reference from the bank is identified by its day and text, so that it is
     * recognised when the file is uploaded again.
     */
    List<BankTransfer> transfers(BankFile file, Conference conference) {
        String ours = conference.definition().registration().currency();
        String head = cell(file.header(), amount);
        boolean hasHeader = BankNotation.amount(head, ours).isEmpty();
        Optional<String> usual = hasHeader ? BankNotation.currencyIn(head, ours) : Optional.of(ours);
        List<List<String>> rows = new ArrayList<>(file.rows());
        if (!hasHeader) {
            rows.addFirst(file.header());
        }
        return rows.stream()
                .map(row -> transfer(row, usual, conference))
                .filter(transfer ->
                        transfer.amount() == null || transfer.amount().amount() > 0)
                .toList();
    }

    private BankTransfer transfer(List<String> row, Optional<String> usual, Conference conference) {
        String named = cell(row, currency);
        Optional<String> in = named.isEmpty() ? usual : BankNotation.currency(named);
        Optional<LocalDate> on = BankNotation.day(
                cell(row, day),
                conference.definition().registration().currency().equals("USD"));
        String text = cut(Stream.of(cell(row, payer), cell(row, purpose))
                .filter(cell -> !cell.isEmpty())
                .distinct()
                .collect(Collectors.joining(" ")));
        String own = cell(row, reference);
        @Nullable
        Money money = in.flatMap(known -> BankNotation.amount(cell(row, amount), known))
                .orElse(null);
        return new BankTransfer(
                text,
                cut(own.isEmpty() ? on.map(known -> known + " " + text).orElse(text) : own),
                money,
                on.map(known -> BankTransfer.arrival(known, conference)).orElse(null));
    }

    private static String cut(String text) {
        return text.length() <= BankTransfer.LONGEST ? text : text.substring(0, BankTransfer.LONGEST);
    }
}
