# Installs claude-max-api into ~\.local\bin, or updates it there: fetches this system's binary from a release, checks it against the
# release's SHA256SUMS, starts it once, and only then puts it into place. Needs no administrator. For PowerShell 5.1 and newer.
[CmdletBinding()]
param(
    # Where to put claude-max-api.exe.
    [string]$Dir = (Join-Path $HOME '.local\bin'),
    # The release to install, such as 1.2.3; the latest by default.
    [string]$Version = ''
)

$repository = '' # filled in by the release
$publicKey = '' # filled in by the release

function Get-Platform {
    # Before PowerShell 6 there was Windows alone, and no such variable.
    if ((Test-Path Variable:IsWindows) -and -not (Get-Variable IsWindows -ValueOnly)) {
        throw 'This is not Windows; use install.sh.'
    }
    # A 32-bit PowerShell has the system's own processor in the first.
    $processor = if ($env:PROCESSOR_ARCHITEW6432) { $env:PROCESSOR_ARCHITEW6432 } else { $env:PROCESSOR_ARCHITECTURE }
    switch ($processor) {
        'AMD64' { return 'windows-x64' }
        'ARM64' { return 'windows-arm64' }
        default { throw "There is no binary for the processor ${processor}: AMD64 and ARM64 have one." }
    }
}

function Get-BaseUrl {
    if ($env:CLAUDE_MAX_API_BASE_URL) { return $env:CLAUDE_MAX_API_BASE_URL.TrimEnd('/') }
    $name = if ($env:CLAUDE_MAX_API_REPOSITORY) { $env:CLAUDE_MAX_API_REPOSITORY } else { $repository }
    if (-not $name) {
        throw 'It is not known whose releases to use: take the install.ps1 of a release, or set CLAUDE_MAX_API_REPOSITORY to OWNER/NAME.'
    }
    if ($Version) { return "https://github.com/$name/releases/download/v$($Version -replace '^v', '')" }
    return "https://github.com/$name/releases/latest/download"
}

function Get-RemoteFile([string]$Address, [string]$Path) {
    try {
        Invoke-WebRequest -UseBasicParsing -Uri $Address -OutFile $Path
    } catch {
        throw "Could not fetch ${Address}: $($_.Exception.Message)"
    }
}

function Get-Sha256([string]$Path) {
    return (Get-FileHash -Algorithm SHA256 -LiteralPath $Path).Hash.ToLowerInvariant()
}

function Install-Binary {
    # Here, and so for what is called from here: a script that is piped into a window must not change that window.
    Set-StrictMode -Version 2.0
    $ErrorActionPreference = 'Stop'
    # In PowerShell 5.1, showing the progress takes most of the time.
    $ProgressPreference = 'SilentlyContinue'
    $file = "claude-max-api-$(Get-Platform).exe"
    $base = Get-BaseUrl
    $null = New-Item -ItemType Directory -Force -Path $Dir
    $folder = (Resolve-Path -LiteralPath $Dir).ProviderPath
    $place = Join-Path $folder 'claude-max-api.exe'
    if (Test-Path -LiteralPath $place -PathType Container) {
        throw "$place is a folder; move it away, or choose another directory with -Dir."
    }
    # In the same directory, so that the last step is one rename.
    $work = Join-Path $folder ".claude-max-api-install.$PID"
    $null = New-Item -ItemType Directory -Force -Path $work
    try {
        $sums = Join-Path $work 'SHA256SUMS'
        Get-RemoteFile "$base/SHA256SUMS" $sums
        if ($publicKey) {
            Get-RemoteFile "$base/SHA256SUMS.sig" "$sums.sig"
            if (-not (Test-Signature $sums "$sums.sig")) {
                throw "The signature of SHA256SUMS is not that of this program's releases, and nothing was installed."
            }
        }
        $line = Get-Content -LiteralPath $sums | Where-Object { ($_ -split '\s+\*?', 2)[1] -eq $file } | Select-Object -First 1
        if (-not $line) { throw "This release has no $file (see $base/SHA256SUMS)." }
        $expected = ($line -split '\s+', 2)[0].ToLowerInvariant()
        # One that does not start is put there anew.
        $there = Get-VersionIfSame $place $expected
        if ($there) {
            Write-Output "claude-max-api $there is in $folder already"
        } else {
            Write-Output "Fetching $base/$file"
            $fresh = Join-Path $work 'claude-max-api.exe'
            Get-RemoteFile "$base/$file" $fresh
            $found = Get-Sha256 $fresh
            if ($found -ne $expected) {
                throw "The SHA-256 of $file is $found, and SHA256SUMS has ${expected}: it is damaged or not the real one, and was not installed."
            }
            Unblock-File -LiteralPath $fresh
            $told = & $fresh --version
            if ($LASTEXITCODE -ne 0) { throw "$file does not start on this system, and was not installed." }
            Move-IntoPlace $fresh $place
            Write-Output "Installed claude-max-api $told in $folder"
        }
    } finally {
        Remove-Item -LiteralPath $work -Recurse -Force -ErrorAction SilentlyContinue
    }
    Show-PathHint $folder
}

# The key is RSA with 3072 bits. PowerShell 5.1 reads no such file, so its modulus is taken from its place, before the exponent 65537.
function Test-Signature([string]$Path, [string]$Signature) {
    $der = [Convert]::FromBase64String($publicKey)
    $parameters = New-Object System.Security.Cryptography.RSAParameters
    $parameters.Modulus = [byte[]]$der[($der.Length - 389)..($der.Length - 6)]
    $parameters.Exponent = [byte[]](1, 0, 1)
    $rsa = [System.Security.Cryptography.RSA]::Create()
    $rsa.ImportParameters($parameters)
    return $rsa.VerifyData([IO.File]::ReadAllBytes($Path), [IO.File]::ReadAllBytes($Signature),
        [System.Security.Cryptography.HashAlgorithmName]::SHA256, [System.Security.Cryptography.RSASignaturePadding]::Pkcs1)
}

# What the program says of its version; nothing where it is another one, or does not start.
function Get-VersionIfSame([string]$Place, [string]$Expected) {
    if (-not (Test-Path -LiteralPath $Place) -or (Get-Sha256 $Place) -ne $Expected) { return $null }
    try { $told = & $Place --version } catch { return $null }
    if ($LASTEXITCODE -ne 0) { return $null }
    return $told
}

# Windows does not overwrite a program that runs, but it renames it.
function Move-IntoPlace([string]$Fresh, [string]$Place) {
    $old = "$Place.old"
    Remove-Item -LiteralPath $old -Force -ErrorAction SilentlyContinue
    if (Test-Path -LiteralPath $Place) { Move-Item -LiteralPath $Place -Destination $old -Force }
    try {
        Move-Item -LiteralPath $Fresh -Destination $Place
    } catch {
        if (Test-Path -LiteralPath $old) { Move-Item -LiteralPath $old -Destination $Place }
        throw
    }
    # Fails while the old one still runs; the next update removes it.
    Remove-Item -LiteralPath $old -Force -ErrorAction SilentlyContinue
}

function Show-PathHint([string]$Folder) {
    $entries = $env:Path -split ';' | ForEach-Object { $_.TrimEnd('\') }
    if ($entries -notcontains $Folder.TrimEnd('\')) {
        Write-Output "$Folder is not on your PATH. To put it there, for new windows:"
        $quoted = $Folder -replace "'", "''"
        Write-Output "  [Environment]::SetEnvironmentVariable('Path', [Environment]::GetEnvironmentVariable('Path', 'User') + ';$quoted', 'User')"
    }
}

[Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
Install-Binary
