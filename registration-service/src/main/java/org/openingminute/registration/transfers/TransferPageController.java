package org.openingminute.registration.transfers;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.Settings;
import org.openingminute.registration.deskpages.DeskFrame;
import org.openingminute.registration.deskpages.DeskPage;
import org.openingminute.registration.pages.Localizer;
import org.openingminute.registration.pages.PageViews.Redirects;
import org.openingminute.registration.transfers.TransferMarks.Marked;
import org.openingminute.registration.transfers.TransferRows.MatchRow;
import org.openingminute.ui.desk.DeskEntry;
import org.openingminute.ui.part.Choice;
import org.openingminute.ui.part.Link;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.multipart.MultipartRequest;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.util.WebUtils;

/**
 * The pages that match bank transfers: a person pastes or uploads lines of a bank statement, sees the possible registrations of each, and
 * ticks the ones to mark as paid. The server keeps nothing between pages: each page carries all that the next one needs, so that resending
 * a page has the same result.
 */
@Controller
@RequestMapping("/desk/{slug}/transfers")
class TransferPageController {

    private static final String COLUMNS_COOKIE = "bank-columns";
    /** The fields of the form of marks from which all lines can be read again. */
    private static final List<String> SOURCE =
            Stream.concat(Stream.of("lines", "csv"), BankColumns.NAMES.stream()).toList();

    /** Longer lines are not carried along with their marks, because a form may have 1 MiB. */
    private static final int LONGEST_SOURCE = 300_000;

    private static final Duration REMEMBERED = Duration.ofDays(400);

    private final DeskFrame frame;
    private final TransferSearch search;
    private final TransferMarks marks;
    private final boolean https;

    TransferPageController(DeskFrame frame, TransferSearch search, TransferMarks marks, Settings settings) {
        this.frame = frame;
        this.search = search;
        this.marks = marks;
        this.https = settings.publicUrl().startsWith("https:");
    }

    @GetMapping
    ModelAndView form(@PathVariable String slug, HttpServletRequest request, HttpServletResponse response) {
        return start(open(slug, request, response), "", null);
    }

    /** Redirects to the first page. Responses to forms have these addresses, so a link back from a refusal leads here with GET. */
    @GetMapping({"/columns", "/file", "/marks"})
    void again(@PathVariable String slug, HttpServletRequest request, HttpServletResponse response) {
        open(slug, request, response);
        Redirects.seeOther(response, "/desk/" + slug + "/transfers");
    }

    private DeskPage open(String slug, HttpServletRequest request, HttpServletResponse response) {
        return frame.open(request, response, Permission.KEEP_ACCOUNTS, slug, DeskEntry.TRANSFERS);
    }

    /** @param refused the error of the submitted form; {@code null} for none */
    private static ModelAndView start(DeskPage page, String lines, @Nullable Problem refused) {
        return refused(view(page, "desk-transfers", "transfers.title").addObject("lines", lines), page, refused);
    }

    private static ModelAndView view(DeskPage page, String template, String title) {
        return page.view(template, page.localizer().of(title)).addObject("most", BankFile.MOST_LINES);
    }

    private static ModelAndView refused(ModelAndView view, DeskPage page, @Nullable Problem refused) {
        Localizer localizer = page.localizer();
        List<Link> errors = new ArrayList<>();
        Map<String, String> problems = new HashMap<>();
        if (refused != null) {
            for (FieldError error : refused.errors()) {
                String sentence = localizer
                        .find(
                                "transfers.error." + error.code(),
                                error.parameters().toArray())
                        .orElse(error.message());
                errors.add(new Link("#" + error.field(), sentence));
                problems.put(error.field(), sentence);
            }
            view.setStatus(refused.code().status());
        }
        return view.addObject("errors", errors).addObject("problems", problems);
    }

    /** Matches the pasted lines. */
    @PostMapping
    ModelAndView match(@PathVariable String slug, HttpServletRequest request, HttpServletResponse response) {
        DeskPage page = open(slug, request, response);
        String lines = field(request, "lines");
        try {
            return matches(page, PastedLines.read(lines, page.conference()), Map.of("lines", lines));
        } catch (Problem refused) {
            return start(page, lines, fields(refused));
        }
    }

    private static String field(HttpServletRequest request, String name) {
        @Nullable String value = request.getParameter(name);
        return value == null ? "" : value;
    }

    private static Map<String, String> fields(HttpServletRequest request, List<String> names) {
        Map<String, String> fields = new HashMap<>();
        names.forEach(name -> fields.put(name, field(request, name)));
        return fields;
    }

    /** Returns a problem of the form's fields and rethrows any other, which the form cannot show. */
    private static Problem fields(Problem refused) {
        if (refused.errors().isEmpty()) {
            throw refused;
        }
        return refused;
    }

    /** @param source the form fields from which the transfers can be read again */
    private ModelAndView matches(DeskPage page, List<BankTransfer> transfers, Map<String, String> source) {
        return view(page, "desk-transfer-matches", "transfers.matches")
                .addObject(
                        "rows", new TransferRows(page).matches(transfers, search.match(page.conference(), transfers)))
                .addObject("source", carried(source))
                .addObject("errors", List.of());
    }

    private static Map<String, String> carried(Map<String, String> source) {
        return source.values().stream().anyMatch(text -> text.length() > LONGEST_SOURCE) ? Map.of() : source;
    }

    /** Matches an uploaded file, or first asks for the meaning of its columns if no cookie has it. */
    @PostMapping("/file")
    ModelAndView file(@PathVariable String slug, HttpServletRequest request, HttpServletResponse response) {
        DeskPage page = open(slug, request, response);
        try {
            byte[] sent = bytes(request);
            if (sent.length == 0 && !field(request, "csv").isEmpty()) {
                // A page of an earlier version posts the columns to this address.
                return chosen(page, BankFile.read(field(request, "csv")), request, response);
            }
            BankFile file = BankFile.read(sent);
            Optional<BankColumns> columns =
                    field(request, "ask").isEmpty() ? BankColumns.recalled(cookie(request), file) : Optional.empty();
            return columns.isPresent()
                    ? matches(page, columns.get(), file)
                    : columns(page, file, guessed(page, file), null);
        } catch (Problem refused) {
            return start(page, "", fields(refused));
        }
    }

    /**
     * Matches a file with the chosen columns. The form posts the file's text in a field, so that it is kept like any other form if the
     * session has ended.
     */
    @PostMapping("/columns")
    ModelAndView choose(@PathVariable String slug, HttpServletRequest request, HttpServletResponse response) {
        DeskPage page = open(slug, request, response);
        try {
            return chosen(page, BankFile.read(field(request, "csv")), request, response);
        } catch (Problem refused) {
            return start(page, "", fields(refused));
        }
    }

    private ModelAndView chosen(
            DeskPage page, BankFile file, HttpServletRequest request, HttpServletResponse response) {
        Map<String, String> fields = fields(request, BankColumns.NAMES);
        Optional<BankColumns> columns = BankColumns.chosen(fields, file);
        if (columns.isEmpty()) {
            return columns(page, file, fields, Problem.invalid("amount", "columns-missing", "is required"));
        }
        response.addHeader(
                HttpHeaders.SET_COOKIE,
                ResponseCookie.from(COLUMNS_COOKIE, columns.get().remembered(file))
                        .path("/desk/" + page.conference().slug() + "/transfers")
                        .maxAge(REMEMBERED)
                        .httpOnly(true)
                        .sameSite("Lax")
                        .secure(https)
                        .build()
                        .toString());
        return matches(page, columns.get(), file);
    }

    private ModelAndView matches(DeskPage page, BankColumns columns, BankFile file) {
        List<BankTransfer> transfers = columns.transfers(file, page.conference());
        if (transfers.isEmpty()) {
            throw Problem.invalid("file", "no-transfers", "has no incoming transfers");
        }
        Map<String, String> source = columns.fields();
        source.put("csv", file.text());
        return matches(page, transfers, source)
                .addObject("left", Math.max(0, file.rows().size() - transfers.size()));
    }

    private static Map<String, String> guessed(DeskPage page, BankFile file) {
        return new BankColumnGuess(file)
                .columns(page.conference().definition().registration().currency())
                .fields();
    }

    /** @param chosen the index of each column, by the name of its field */
    private static ModelAndView columns(
            DeskPage page, BankFile file, Map<String, String> chosen, @Nullable Problem refused) {
        List<Choice> choices = IntStream.range(0, file.header().size())
                .mapToObj(column -> new Choice(String.valueOf(column), label(file, column)))
                .toList();
        return refused(
                view(page, "desk-transfer-columns", "transfers.columns")
                        .addObject("csv", file.text())
                        .addObject("names", BankColumns.NAMES)
                        .addObject("choices", choices)
                        .addObject("chosen", chosen)
                        .addObject("header", file.header())
                        .addObject("rows", file.rows().stream().limit(3).toList()),
                page,
                refused);
    }

    private static String label(BankFile file, int column) {
        String name = file.header().get(column);
        return (column + 1) + (name.isEmpty() ? "" : ": " + name);
    }

    private static @Nullable String cookie(HttpServletRequest request) {
        return Optional.ofNullable(WebUtils.getCookie(request, COLUMNS_COOKIE))
                .map(cookie -> cookie.getValue())
                .orElse(null);
    }

    /** Returns the uploaded file's content; empty if none was uploaded. */
    private static byte[] bytes(HttpServletRequest request) {
        @Nullable MultipartRequest multipart = WebUtils.getNativeRequest(request, MultipartRequest.class);
        @Nullable MultipartFile file = multipart == null ? null : multipart.getFile("file");
        try {
            return file == null ? new byte[0] : file.getBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Marks the ticked transfers. Posting the same ticks again has the same result. */
    @PostMapping("/marks")
    ModelAndView mark(@PathVariable String slug, HttpServletRequest request, HttpServletResponse response) {
        DeskPage page = open(slug, request, response);
        String @Nullable [] ticked = request.getParameterValues("mark");
        List<Optional<TransferMark>> read = ticked == null
                ? List.of()
                : Arrays.stream(ticked).map(TransferMark::read).toList();
        if (read.isEmpty() || read.size() > BankFile.MOST_LINES || read.stream().anyMatch(Optional::isEmpty)) {
            return unticked(page, request);
        }
        List<TransferMark> wanted =
                read.stream().flatMap(Optional::stream).distinct().toList();
        if (wanted.stream().map(TransferMark::matchKey).distinct().count() < wanted.size()) {
            return ticked(page, wanted, fields(request, SOURCE));
        }
        List<Marked> marked = marks.mark(page.conference(), wanted, page.staff().person());
        long done = marked.stream().filter(one -> one.refusal() == null).count();
        return view(page, "desk-transfers-marked", "transfers.marks")
                .addObject("rows", new TransferRows(page).marked(marked))
                .addObject("done", done)
                .addObject("refused", marked.size() - done);
    }

    /** Shows all lines again if the form holds them, otherwise the first page. */
    private ModelAndView unticked(DeskPage page, HttpServletRequest request) {
        String lines = field(request, "lines");
        String csv = field(request, "csv");
        try {
            ModelAndView view;
            if (!lines.isEmpty()) {
                view = matches(page, PastedLines.read(lines, page.conference()), Map.of("lines", lines));
            } else {
                BankFile file = BankFile.read(csv);
                BankColumns columns = BankColumns.chosen(fields(request, BankColumns.NAMES), file)
                        .orElseThrow(() -> Problem.invalid("csv", "columns-missing", "has no columns"));
                view = matches(page, columns, file);
            }
            view.addObject(
                    "errors", List.of(new Link("#line-1", page.localizer().of("transfers.error.nothing-ticked"))));
            view.setStatus(HttpStatus.UNPROCESSABLE_CONTENT);
            return view;
        } catch (Problem noLines) {
            return start(page, lines, Problem.invalid("lines", "no-lines", "were not ticked"));
        }
    }

    /**
     * Shows the ticked lines again because one transfer was ticked for several registrations: its whole amount would be booked for each.
     */
    private ModelAndView ticked(DeskPage page, List<TransferMark> marks, Map<String, String> source) {
        Set<UUID> registrations = marks.stream().map(TransferMark::registration).collect(Collectors.toSet());
        List<MatchRow> rows = new TransferRows(page)
                .ticked(marks, search.registrations(page.conference().slug(), registrations));
        List<Link> errors = rows.stream()
                .filter(row -> row.options().size() > 1)
                .map(row -> new Link(
                        "#mark-" + row.number() + "-1",
                        page.localizer().of("transfers.error.one-for-several", row.number())))
                .toList();
        ModelAndView view = view(page, "desk-transfer-matches", "transfers.matches")
                .addObject("rows", rows)
                .addObject("ticked", true)
                .addObject("source", carried(source))
                .addObject("errors", errors);
        view.setStatus(HttpStatus.UNPROCESSABLE_CONTENT);
        return view;
    }
}
