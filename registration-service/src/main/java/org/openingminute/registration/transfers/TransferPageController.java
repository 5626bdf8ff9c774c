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
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.Settings;
import org.openingminute.registration.conferences.Conferences;
import org.openingminute.registration.deskpages.DeskFrame;
import org.openingminute.registration.deskpages.DeskPage;
import org.openingminute.registration.pages.Localizer;
import org.openingminute.registration.transfers.TransferMarks.Marked;
import org.openingminute.ui.desk.DeskEntry;
import org.openingminute.ui.part.Choice;
import org.openingminute.ui.part.Link;
import org.springframework.http.HttpHeaders;
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
 * The pages on which a person brings lines of a bank statement, sees what each may be for, and ticks those that are marked as paid. Nothing
 * is kept between them: each page has all that the next needs, so one that is sent again has the same answer.
 */
@Controller
@RequestMapping("/desk/{slug}/transfers")
class TransferPageController {

    private static final String COLUMNS_COOKIE = "bank-columns";
    private static final Duration REMEMBERED = Duration.ofDays(400);

    private final DeskFrame frame;
    private final TransferSearch search;
    private final TransferMarks marks;
    private final Conferences conferences;
    private final boolean https;

    TransferPageController(
            DeskFrame frame, TransferSearch search, TransferMarks marks, Conferences conferences, Settings settings) {
        this.frame = frame;
        this.search = search;
        this.marks = marks;
        this.conferences = conferences;
        this.https = settings.publicUrl().startsWith("https:");
    }

    @GetMapping
    ModelAndView form(@PathVariable String slug, HttpServletRequest request, HttpServletResponse response) {
        return start(open(slug, request, response), "", null);
    }

    private DeskPage open(String slug, HttpServletRequest request, HttpServletResponse response) {
        return frame.open(request, response, Permission.KEEP_ACCOUNTS, slug, DeskEntry.TRANSFERS);
    }

    /** @param refused what was wrong with what was sent; {@code null} for nothing */
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

    /** Lines that were pasted. */
    @PostMapping
    ModelAndView match(@PathVariable String slug, HttpServletRequest request, HttpServletResponse response) {
        DeskPage page = open(slug, request, response);
        String lines = field(request, "lines");
        try {
            return matches(page, PastedLines.read(lines, page.conference(), conferences.now()));
        } catch (Problem refused) {
            return start(page, lines, fields(refused));
        }
    }

    private static String field(HttpServletRequest request, String name) {
        @Nullable String value = request.getParameter(name);
        return value == null ? "" : value;
    }

    /** Only what is wrong with the form is shown above it. */
    private static Problem fields(Problem refused) {
        if (refused.errors().isEmpty()) {
            throw refused;
        }
        return refused;
    }

    private ModelAndView matches(DeskPage page, List<BankTransfer> transfers) {
        return view(page, "desk-transfer-matches", "transfers.matches")
                .addObject(
                        "rows", new TransferRows(page).matches(transfers, search.match(page.conference(), transfers)));
    }

    /** A bank's file; if nobody has told yet what the columns of such a file mean, that is asked first. */
    @PostMapping("/file")
    ModelAndView file(@PathVariable String slug, HttpServletRequest request, HttpServletResponse response) {
        DeskPage page = open(slug, request, response);
        try {
            byte @Nullable [] sent = bytes(request);
            if (sent == null) {
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

    private ModelAndView chosen(
            DeskPage page, BankFile file, HttpServletRequest request, HttpServletResponse response) {
        Map<String, String> fields = new HashMap<>();
        BankColumns.NAMES.forEach(name -> fields.put(name, field(request, name)));
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
        List<BankTransfer> transfers = columns.transfers(file, page.conference(), conferences.now());
        if (transfers.isEmpty()) {
            throw Problem.invalid("file", "no-transfers", "has no incoming transfers");
        }
        return matches(page, transfers)
                .addObject("left", Math.max(0, file.rows().size() - transfers.size()));
    }

    private static Map<String, String> guessed(DeskPage page, BankFile file) {
        return BankColumns.guessed(
                        file, page.conference().definition().registration().currency())
                .fields();
    }

    /** @param chosen the columns' places, by the names of the fields */
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

    /** Those of the file; {@code null} if none was sent. */
    private static byte @Nullable [] bytes(HttpServletRequest request) {
        @Nullable MultipartRequest multipart = WebUtils.getNativeRequest(request, MultipartRequest.class);
        @Nullable MultipartFile file = multipart == null ? null : multipart.getFile("file");
        if (file == null || file.isEmpty()) {
            return null;
        }
        try {
            return file.getBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those that were ticked. The answer to the same lines is the same, so that it may be sent twice. */
    @PostMapping("/marks")
    ModelAndView mark(@PathVariable String slug, HttpServletRequest request, HttpServletResponse response) {
        DeskPage page = open(slug, request, response);
        String @Nullable [] ticked = request.getParameterValues("mark");
        List<Optional<TransferMark>> read = ticked == null
                ? List.of()
                : Arrays.stream(ticked).map(TransferMark::read).toList();
        if (read.isEmpty() || read.size() > BankFile.MOST_LINES || read.stream().anyMatch(Optional::isEmpty)) {
            return start(page, "", Problem.invalid("lines", "nothing-ticked", "were not ticked"));
        }
        List<Marked> marked = marks.mark(
                page.conference().slug(),
                read.stream().flatMap(Optional::stream).distinct().toList(),
                page.staff().person());
        long done = marked.stream().filter(one -> one.refusal() == null).count();
        return view(page, "desk-transfers-marked", "transfers.marks")
                .addObject("rows", new TransferRows(page).marked(marked))
                .addObject("done", done)
                .addObject("refused", marked.size() - done);
    }
}
