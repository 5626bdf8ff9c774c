package org.openingminute.registration.transfers;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Currency;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.openingminute.registration.sale.Money;

/** Parses amounts and dates in the notations of banks in different countries. Pure. */
final class BankNotation {

    private static final int LONGEST_AMOUNT = 40;

    /** What may stand around the digits: spaces, apostrophes between thousands, currency names and symbols. */
    private static final Pattern BESIDE_DIGITS = Pattern.compile("[\\p{L}\\p{Sc}\\p{Z}\\s'\u2019]+");

    private static final Pattern MINUS = Pattern.compile("[-\u2212].*|.*[-\u2212]|\\(.*\\)");
    private static final Pattern SIGNS = Pattern.compile("[-\u2212+()]");
    private static final Pattern WHOLE = Pattern.compile("[0-9]+|[0-9]{1,3}([.,])[0-9]{3}(\\1[0-9]{3})*");
    private static final Pattern CODE = Pattern.compile("\\b[A-Z]{3}\\b");
    private static final Pattern SYMBOL = Pattern.compile("(?:\\b[A-Z]{1,2})?\\p{Sc}");

    /** The currencies that a lone dollar sign may mean. */
    private static final Set<String> DOLLARS =
            Set.of("ARS", "AUD", "CAD", "CLP", "COP", "HKD", "MXN", "NZD", "SGD", "TWD", "USD");

    private static final Pattern CODE_BEFORE_DIGITS = Pattern.compile("\\b([A-Z]{3})(?=[0-9])");
    private static final Pattern NUMBER = Pattern.compile(
            "(?<![\\p{L}\\p{N}.,/]|[\\p{L}\\p{N}]-)" + "[-+\u2212]?[0-9](?:[0-9.,'\u2019]*[0-9])?(?![\\p{L}\\p{N}/])");
    private static final Pattern CURRENCY_BEFORE = Pattern.compile("(\\b[A-Z]{3}|" + SYMBOL + ")\\s?$");
    private static final Pattern CURRENCY_BEHIND = Pattern.compile("^\\s?([A-Z]{3}\\b|" + SYMBOL + ")");
    private static final Pattern CENTS = Pattern.compile(".*[0-9][.,][0-9]{2}");
    private static final Pattern ISO = Pattern.compile("\\b([0-9]{4})-([0-9]{2})-([0-9]{2})");
    private static final Pattern DOTTED = Pattern.compile("\\b([0-9]{1,2})\\.([0-9]{1,2})\\.([0-9]{4}|[0-9]{2})\\b");
    private static final Pattern SLASHED = Pattern.compile("\\b([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}|[0-9]{2})\\b");

    private BankNotation() {}

    /**
     * Parses a text that is an amount: {@code 1.234,56}, {@code 1,234.56}, {@code -12.00}, {@code 950,00 EUR}. The last separator is the
     * decimal separator if it occurs once and no more digits follow it than the currency has.
     *
     * @param currency the currency if the text names none
     */
    static Optional<Money> amount(String text, String currency) {
        if (text.length() > LONGEST_AMOUNT) {
            return Optional.empty();
        }
        Optional<String> named = currencyIn(text, currency);
        if (named.isEmpty()) {
            return Optional.empty();
        }
        String in = named.get();
        String signed = BESIDE_DIGITS.matcher(text).replaceAll("");
        String digits = SIGNS.matcher(signed).replaceAll("");
        int minor = Currency.getInstance(in).getDefaultFractionDigits();
        int last = Math.max(digits.lastIndexOf('.'), digits.lastIndexOf(','));
        int behind = last < 0 ? 0 : digits.length() - last - 1;
        boolean divided = behind > 0 && behind <= minor && digits.indexOf(digits.charAt(last)) == last;
        String whole = divided ? digits.substring(0, last) : digits;
        if (!WHOLE.matcher(whole).matches()) {
            return Optional.empty();
        }
        String plain = whole.replaceAll("[.,]", "") + (divided ? "." + digits.substring(last + 1) : "");
        BigDecimal value = new BigDecimal(plain).movePointRight(minor);
        if (value.precision() > 15) {
            return Optional.empty();
        }
        long amount = value.longValueExact();
        return Optional.of(new Money(MINUS.matcher(signed).matches() ? -amount : amount, in));
    }

    /** Parses a text that is a currency: a code such as {@code EUR} or {@code eur}, or a symbol. */
    static Optional<String> currency(String text) {
        String code = text.toUpperCase(Locale.ROOT);
        return switch (code) {
            case "\u20ac", "EURO" -> Optional.of("EUR");
            case "\u00a3" -> Optional.of("GBP");
            case "$", "US$" -> Optional.of("USD");
            default -> Money.isCurrency(code) ? Optional.of(code) : Optional.empty();
        };
    }

    /**
     * Finds the currency that a text names by a code or symbol; empty if the symbol is of an unknown currency.
     *
     * @param usual the currency if the text names none, or if its symbol may mean several and this is one of them
     */
    static Optional<String> currencyIn(String text, String usual) {
        return CODE.matcher(text)
                .results()
                .map(found -> found.group())
                .filter(Money::isCurrency)
                .findFirst()
                .or(() -> SYMBOL.matcher(text)
                        .results()
                        .map(found -> found.group())
                        .findFirst()
                        .map(symbol -> ofSymbol(symbol, usual))
                        .orElse(Optional.of(usual)));
    }

    /** @param symbol with the letters before it, such as {@code A$} */
    private static Optional<String> ofSymbol(String symbol, String usual) {
        String letters = symbol.substring(0, symbol.length() - 1);
        return switch (symbol.charAt(symbol.length() - 1)) {
            case '\u20ac' -> Optional.of("EUR");
            case '\u00a3' -> Optional.of("GBP");
            case '\u00a5' -> Optional.of(usual.equals("CNY") ? usual : "JPY");
            case '$' ->
                DOLLARS.contains(usual) && usual.startsWith(letters)
                        ? Optional.of(usual)
                        : Optional.of("USD").filter(dollar -> dollar.startsWith(letters));
            default -> Optional.empty();
        };
    }

    /**
     * Finds an amount in a line: an amount with decimals, preferably beside a currency; otherwise the first number beside a currency.
     *
     * @param currency the currency if no other stands beside the amount
     */
    static Optional<Money> amountIn(String line, String currency) {
        String spaced = CODE_BEFORE_DIGITS.matcher(line).replaceAll("$1 ");
        Optional<Money> best = Optional.empty();
        int rank = 0;
        Matcher number = NUMBER.matcher(spaced);
        while (number.find()) {
            Optional<String> beside = beside(CURRENCY_BEHIND, spaced.substring(number.end()))
                    .or(() -> beside(CURRENCY_BEFORE, spaced.substring(0, number.start())));
            int ranked = (CENTS.matcher(number.group()).matches() ? 2 : 0) + (beside.isPresent() ? 1 : 0);
            Optional<Money> amount = amount(number.group() + " " + beside.orElse(""), currency);
            if (ranked > rank && amount.isPresent()) {
                rank = ranked;
                best = amount;
            }
        }
        return best;
    }

    private static Optional<String> beside(Pattern currency, String text) {
        Matcher matcher = currency.matcher(text);
        return matcher.find() && (SYMBOL.matcher(matcher.group(1)).matches() || Money.isCurrency(matcher.group(1)))
                ? Optional.of(matcher.group(1))
                : Optional.empty();
    }

    /**
     * Finds the first date in a text.
     *
     * @param monthFirst whether 3/2/2026 means 2 March; ignored if that month does not exist
     */
    static Optional<LocalDate> day(String text, boolean monthFirst) {
        Matcher iso = ISO.matcher(text);
        if (iso.find()) {
            return day(iso.group(1), iso.group(2), iso.group(3));
        }
        Matcher dotted = DOTTED.matcher(text);
        if (dotted.find()) {
            return day(dotted.group(3), dotted.group(2), dotted.group(1));
        }
        Matcher slashed = SLASHED.matcher(text);
        if (!slashed.find()) {
            return Optional.empty();
        }
        Optional<LocalDate> month = day(slashed.group(3), slashed.group(1), slashed.group(2));
        Optional<LocalDate> day = day(slashed.group(3), slashed.group(2), slashed.group(1));
        return monthFirst ? month.or(() -> day) : day.or(() -> month);
    }

    private static Optional<LocalDate> day(String year, String month, String day) {
        try {
            int century = year.length() == 2 ? 2000 : 0;
            return Optional.of(
                    LocalDate.of(century + Integer.parseInt(year), Integer.parseInt(month), Integer.parseInt(day)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
